using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using KubeLab.Clusters;
using KubeLab.Ssh;

namespace KubeLab.Tests.Machines;

/// <summary>A real sshd on loopback, with keys of its own, that lets the user who runs the tests log in.</summary>
internal sealed class LoopbackSshd : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly Process process;

    private LoopbackSshd(Func<LoopbackSshd, Process> start, int port)
    {
        Port = port;
        process = start(this);
    }

    public int Port { get; }

    public string PrivateKey => directory.File("id_ed25519");

    public string KnownHosts => directory.File("known_hosts");

    public string Directory => directory.Path;

    public static async Task<LoopbackSshd> StartAsync(string? banner = null, string extraConfiguration = "")
    {
        var program = Programs.Require("sshd");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "the tests' sshd logs in as root, and this isn't root");
        var port = FreePort();
        var sshd = new LoopbackSshd(self => self.Start(program, banner, extraConfiguration, port), port);
        await WaitForAsync(port);
        return sshd;
    }

    public Cluster Cluster(SshSettings? settings = null) => new(
        "loopback", directory.Path, directory.File("inventory.ini"),
        new ClusterSettings { Ssh = settings ?? new SshSettings { PrivateKey = PrivateKey, KnownHosts = KnownHosts, User = "root" } },
        directory.File("artifacts"));

    /// <summary>Stops sshd and its sessions as a node that froze: the kernel still accepts connections, and nobody answers.</summary>
    /// <param name="sessionsOnly">Only those who are logged in are stopped: new connections work.</param>
    public async Task FreezeAsync(bool sessionsOnly = false)
    {
        var sessions = Descendants(process.Id);
        string[] frozen = [.. sessions, .. sessionsOnly ? Array.Empty<string>() : [$"{process.Id}"]];
        using var kill = Process.Start("kill", ["-STOP", .. frozen]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Lets sshd and its sessions go on, as a node that was only busy.</summary>
    public async Task ThawAsync()
    {
        using var kill = Process.Start("kill", ["-CONT", .. Descendants(process.Id), $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await new OpenSshShell(new SshOptions(Cluster()), new CommandRunner()).CloseAsync();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        directory.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // /proc/PID/task/TID/children (proc(5)).
    private static List<string> Descendants(int parent)
    {
        var children = File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. children.SelectMany(child => Descendants(int.Parse(child, System.Globalization.CultureInfo.InvariantCulture)).Prepend(child))];
    }

    private Process Start(string program, string? banner, string extraConfiguration, int port)
    {
        KeyPair("host_ed25519");
        KeyPair("id_ed25519");
        File.Copy(directory.File("id_ed25519.pub"), directory.File("authorized_keys"));
        var hostKey = File.ReadAllText(directory.File("host_ed25519.pub")).Split(' ');
        directory.Write("known_hosts", $"[127.0.0.1]:{port} {hostKey[0]} {hostKey[1]}\n");
        var bannerLine = banner is null ? "" : $"Banner \"{directory.Write("banner", banner)}\"";
        directory.Write("sshd_config", $"""
            ListenAddress 127.0.0.1:{port}
            HostKey "{directory.File("host_ed25519")}"
            AuthorizedKeysFile "{directory.File("authorized_keys")}"
            PidFile none
            StrictModes no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            UsePAM no
            MaxStartups 200
            Subsystem sftp internal-sftp
            # What a login runs is the test's alone: this machine's own profile may take long, or wait for a lock.
            SetEnv HOME="{directory.File("home")}"
            {bannerLine}
            {extraConfiguration}
            """);
        System.IO.Directory.CreateDirectory("/run/sshd");
        System.IO.Directory.CreateDirectory(directory.File("home"));
        return Process.Start(new ProcessStartInfo(program, ["-D", "-e", "-f", directory.File("sshd_config")]) { RedirectStandardError = true })!;
    }

    private void KeyPair(string name)
    {
        using var keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", directory.File(name)]))!;
        keygen.WaitForExit();
    }

    /// <summary>Waits until something listens on a port of loopback.</summary>
    public static async Task WaitForAsync(int port)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(60))
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }

        throw new TimeoutException($"sshd did not listen on 127.0.0.1:{port} within 60 s");
    }
}
