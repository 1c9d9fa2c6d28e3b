using System.Diagnostics;
using KubeLab.Clusters;
using KubeLab.Ssh;

namespace KubeLab.Tests.Machines;

/// <summary>
/// A machine that only knows passwords: a real sshd on loopback with users, passwords, PAM and sudo rules of its own, as it runs in
/// a mount namespace whose /etc, /home, /run and /var/log are not this machine's.
/// </summary>
internal sealed class PasswordMachine : IAsyncDisposable
{
    private const string Script = """
        set -e
        # What logins, PAM and sudo read.
        for name in passwd shadow group gshadow subuid subgid login.defs nsswitch.conf shells profile default pam.d pam.conf security \
          ld.so.cache ld.so.conf ld.so.conf.d hosts environment localtime sudoers sudoers.d sudo.conf selinux alternatives; do
          cp -a "/etc/$name" "$1/etc/" 2> /dev/null || true
        done
        mount --bind "$1/etc" /etc
        mount --bind "$1/home" /home
        mount --bind "$1/log" /var/log
        mount -t tmpfs tmpfs /run
        mkdir /run/sshd
        for service in sshd passwd; do
          for kind in auth account password session; do echo "$kind required pam_unix.so"; done > /etc/pam.d/$service
        done
        user() {
          useradd --create-home --shell "${3:-/bin/sh}" "$1"
          printf '%s:%s\n' "$1" "$2" | chpasswd -c SHA512
        }
        eval "$2"
        exec "$3" -D -e -f "$1/sshd_config"
        """;

    private readonly TemporaryDirectory directory = new();
    private readonly Process process;

    private PasswordMachine(string sshd, string setup, string configuration)
    {
        Port = LoopbackSshd.FreePort();
        foreach (var folder in new[] { "etc", "home", "log" })
            Directory.CreateDirectory(directory.File(folder));
        KeyPair("host", "ed25519");
        KeyPair("host_ecdsa", "ecdsa");
        KeyPair("id_ed25519", "ed25519");
        directory.Write("sshd_config", $"""
            ListenAddress 127.0.0.1:{Port}
            HostKey "{directory.File("host")}"
            HostKey "{directory.File("host_ecdsa")}"
            PidFile none
            PermitRootLogin yes
            {configuration}
            """);
        process = Process.Start(new ProcessStartInfo(
            "unshare", ["--mount", "sh", "-c", Script, "sh", directory.Path, setup, sshd])
        { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>A password login without PAM.</summary>
    public static string Plain => "UsePAM no\nPasswordAuthentication yes\nKbdInteractiveAuthentication no";

    /// <summary>Keyboard-interactive alone, as PAM asks.</summary>
    public static string Interactive => "UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes";

    public int Port { get; }

    public string PublicKey => File.ReadAllText(directory.File("id_ed25519.pub")).Trim();

    public TemporaryDirectory Folder => directory;

    /// <param name="setup">Shell code that makes the users: <c>user NAME PASSWORD SHELL</c>.</param>
    public static async Task<PasswordMachine> StartAsync(string setup, string? configuration = null)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "users of a namespace are made by root alone");
        await PrivateMachine.RequireAsync();
        var sshd = Programs.Require("sshd");
        var machine = new PasswordMachine(sshd, setup, configuration ?? Plain);
        await LoopbackSshd.WaitForAsync(machine.Port);
        return machine;
    }

    /// <summary>A file of a user there.</summary>
    public string Home(string user, string file = ".ssh/authorized_keys") => directory.File($"home/{user}/{file}");

    /// <summary>What <c>ssh-keygen -lf</c> says of its host key on its console.</summary>
    public string Fingerprint(string kind = "host")
    {
        var key = HostKey.Parse($"- {File.ReadAllText(directory.File($"{kind}.pub"))}")!;
        return key.Fingerprint;
    }

    public Node Node(string user, string name = "k8s-m0", params (string Name, string Value)[] variables) =>
        Nodes.On(name, "127.0.0.1", Port, [("ansible_user", user), .. variables]);

    public Cluster Cluster() => new(
        "fresh", directory.Path, directory.File("inventory.ini"),
        new ClusterSettings { Ssh = new SshSettings { PrivateKey = directory.File("id_ed25519") } }, directory.File("artifacts"));

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        directory.Dispose();
    }

    private void KeyPair(string name, string type)
    {
        using var keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", directory.File(name)]))!;
        keygen.WaitForExit();
    }
}
