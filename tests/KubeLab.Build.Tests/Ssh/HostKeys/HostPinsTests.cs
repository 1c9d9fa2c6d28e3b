using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class HostPinsTests : IDisposable
{
    private static readonly Dictionary<string, SettingValue> Nothing = [];
    private readonly CommandRunner commands = new();
    private readonly TemporaryDirectory root = new();

    [Fact]
    [Promise("A pinned host key is not overruled", "another machine that answers, another client and arguments from an ansible.cfg")]
    public async Task I_pin_a_nodes_key_and_from_then_on_another_is_refused()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var node = Nodes.On("k8s-m0", "127.0.0.1", sshd.Port);
        Describe(sshd);

        var key = await new HostKeyScanner(new SshOptions(Find()), commands).ScanAsync(node);
        new HostPins(Find()).Pin(new HostPins(Find()).Compare(Shown(key)), replaceChanged: false);
        var pinned = Find();

        (await PublicKeyAsync(sshd)).ShouldContain(key.Fingerprint);
        pinned.Settings.Ssh.KnownHosts.ShouldBe(root.File("inventory/mine/known_hosts"));
        (await RunAsync(pinned, node)).Failure.ShouldBeNull();
        (await PingAsync(pinned)).Succeeded.ShouldBeTrue();
        await CloseAsync(pinned);

        // Another machine answers there now: the pin holds the key of somebody else.
        PinAnother(sshd, key);
        (await RunAsync(Find(), node)).Failure!.Reason.ShouldBe(SshFailureReason.HostKeyChanged);
        var ping = await PingAsync(Find());
        ping.Succeeded.ShouldBeFalse();
        ping.StandardOutput.ShouldContain("REMOTE HOST IDENTIFICATION HAS CHANGED");
        await CloseAsync(Find());

        // No more by another client, or by arguments, that an ansible.cfg names.
        var client = root.Write("ssh", "#!/bin/sh\nexec ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(client, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        (await PingAsync(Find(), $"ssh_executable = {client}\n")).Succeeded.ShouldBeFalse();
        (await PingAsync(Find(), $"ssh_extra_args = -o HostKeyAlias=other -F {root.Write("config", "Host *\n  HostKeyAlias other\n")}\n")).StandardOutput.ShouldContain("REMOTE HOST IDENTIFICATION HAS CHANGED");
        await CloseAsync(Find());
    }

    [Fact]
    public async Task I_am_told_which_node_shows_no_key()
    {
        Programs.Require("ssh");
        Describe(null);

        var error = await Should.ThrowAsync<UserError>(
            () => new HostKeyScanner(new SshOptions(Find()), commands).ScanAsync(Nodes.On("k8s-n1", "127.0.0.1", LoopbackSshd.FreePort())));

        error.Message.ShouldStartWith("k8s-n1 (127.0.0.1) shows no host key");
    }

    [Fact]
    public void A_changed_key_is_pinned_only_when_I_say_so()
    {
        Describe(null);
        var pins = new HostPins(Find());
        var before = new HostKey("192.0.2.10", "ssh-ed25519", Convert.ToBase64String([1]));
        var after = before with { Key = Convert.ToBase64String([2]) };
        pins.Pin(pins.Compare(Shown(before)), replaceChanged: false);
        pins.Pin(pins.Compare(new Dictionary<string, HostKey> { ["k8s-n0"] = before with { Host = "192.0.2.20" } }), replaceChanged: false);

        var error = Should.Throw<UserError>(() => pins.Pin(pins.Compare(Shown(after)), replaceChanged: false));
        pins.Pin(pins.Compare(Shown(after)), replaceChanged: true);

        error.Message.ShouldContain($"k8s-m0 shows {after.Fingerprint}, pinned is {before.Fingerprint}");
        var lines = File.ReadAllLines(root.File("inventory/mine/known_hosts"));
        lines.ShouldBe(["# The host keys of this cluster's nodes, pinned by ./build.sh PinHosts.", $"192.0.2.20 ssh-ed25519 {before.Key}", $"{after}"]);
    }

    [Fact]
    public void Pins_hold_although_the_check_is_switched_off()
    {
        Describe(null, "ssh: { host_key_checking: 'no' }\n");
        Find().Settings.Ssh.HostKeyChecking.ShouldBe("no");

        new HostPins(Find()).Pin([], replaceChanged: false);

        Find().Settings.Ssh.HostKeyChecking.ShouldBe("yes");
    }

    [Fact]
    public void I_am_told_that_the_settings_name_another_file()
    {
        Describe(null, "ssh: { known_hosts: ../others }\n");

        Should.Throw<UserError>(() => new HostPins(Find()).RequireInForce()).Message.ShouldContain("as ssh.known_hosts says");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# a comment with words")]
    [InlineData("@cert-authority * ssh-ed25519 AAAA")]
    [InlineData("192.0.2.10 ssh-ed25519")]
    [InlineData("192.0.2.10 ssh-ed25519 no-base64!")]
    public void What_is_no_key_is_read_as_none(string line) => HostKey.Parse(line).ShouldBeNull();

    public void Dispose() => root.Dispose();

    private static Dictionary<string, HostKey> Shown(HostKey key) => new() { ["k8s-m0"] = key };

    private void Describe(LoopbackSshd? sshd, string settings = "")
    {
        root.Write("inventory/mine/inventory.ini", $"[kube_control_plane]\nk8s-m0 ansible_host=127.0.0.1 ansible_port={sshd?.Port ?? 22} ansible_user=root\n");
        root.Write("inventory/mine/kubelab.yml", sshd is null ? settings : $"ssh: {{ private_key: '{sshd.PrivateKey}', user: root }}\n");
    }

    private void PinAnother(LoopbackSshd sshd, HostKey shown)
    {
        var another = File.ReadAllText(Path.Combine(sshd.Directory, "id_ed25519.pub")).Split(' ')[1];
        root.Write("inventory/mine/known_hosts", $"{shown with { Key = another }}\n");
    }

    private async Task<string> PublicKeyAsync(LoopbackSshd sshd) =>
        (await commands.RunAsync(CommandLine.Of("ssh-keygen", "-lf", Path.Combine(sshd.Directory, "host_ed25519.pub")))).StandardOutput;

    private Cluster Find() => new ClusterLocator(root.Path).Find("mine", Nothing, Nothing);

    private Task<NodeResult> RunAsync(Cluster cluster, Node node) => new OpenSshShell(new SshOptions(cluster), commands).RunAsync(node, new NodeCommand(["true"]));

    private Task CloseAsync(Cluster cluster) => new OpenSshShell(new SshOptions(cluster), commands).CloseAsync();

    private async Task<CommandResult> PingAsync(Cluster cluster, string configuration = "")
    {
        var toolchain = await RealAnsible.ToolchainAsync();
        var distribution = RealAnsible.Distribution(root);
        File.AppendAllText(distribution.File("ansible.cfg"), configuration);
        var environment = new AnsibleEnvironment(cluster, distribution, toolchain, new SshOptions(cluster));
        var ping = toolchain.Command("ansible", [.. cluster.InventoryArguments, $"--private-key={cluster.Settings.Ssh.PrivateKey}", "all", "-m", "ansible.builtin.raw", "-a", "true"]);
        return await commands.RunAsync(ping with { Environment = environment.For(1), WorkingDirectory = distribution.Directory });
    }
}
