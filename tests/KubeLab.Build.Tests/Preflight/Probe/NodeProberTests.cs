using System.Collections.Concurrent;
using KubeLab.Clusters;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

public class NodeProberTests
{
    [Fact]
    public async Task I_probe_a_node_over_ssh_behind_a_banner()
    {
        await using var sshd = await LoopbackSshd.StartAsync(banner: "Authorised use only.\nMARKER section user\n42\n");
        var node = Nodes.On("k8s-m0", "127.0.0.1", sshd.Port);

        var probed = (await ProberOver(sshd).ProbeAsync([node], _ => new ProbeRequest(), null, default)).ShouldHaveSingleItem();

        probed.Failure.ShouldBeNull();
        probed.Facts!.Complete.ShouldBeTrue();
        probed.Facts.UserId.ShouldBe(0);
        Math.Abs(probed.ClockOffset!.Seconds).ShouldBeLessThan(5);
        probed.ClockOffset.Least.ShouldBeLessThanOrEqualTo(0.01);
        probed.ClockOffset.Most.ShouldBeGreaterThanOrEqualTo(-0.01);
    }

    // sshd hands the command to the login shell with -c: so does this.
    [Theory]
    [InlineData("fish")]
    [InlineData("tcsh")]
    [InlineData("zsh")]
    [InlineData("bash")]
    public async Task I_probe_a_node_whatever_the_login_shell(string name)
    {
        var program = Programs.Require(name);
        await using var sshd = await LoopbackSshd.StartAsync(extraConfiguration: $"ForceCommand exec {program} -c \"$SSH_ORIGINAL_COMMAND\"\n");

        var probed = (await ProberOver(sshd).ProbeAsync([Nodes.On("k8s-m0", "127.0.0.1", sshd.Port)], _ => new ProbeRequest(), null, default)).ShouldHaveSingleItem();

        probed.Failure.ShouldBeNull();
        probed.Facts!.Complete.ShouldBeTrue();
        probed.Facts.MemoryMb.ShouldNotBeNull();
    }

    [Fact]
    public async Task I_probe_a_node_whose_profile_prints()
    {
        await using var sshd = await LoopbackSshd.StartAsync(
            extraConfiguration: "ForceCommand printf 'MemTotal: 1 kB\\n* * MOTD * *\\nno line end'; exec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n");

        var probed = (await ProberOver(sshd).ProbeAsync([Nodes.On("k8s-m0", "127.0.0.1", sshd.Port)], _ => new ProbeRequest(), null, default)).ShouldHaveSingleItem();

        probed.Facts!.Complete.ShouldBeTrue();
        probed.Facts.MemoryTotalKb!.Value.ShouldBeGreaterThan(1024);
    }

    [Fact]
    public async Task I_am_told_that_a_login_shell_is_restricted_so_that_Ansible_could_not_work_either()
    {
        var bash = Programs.Require("bash");
        await using var sshd = await LoopbackSshd.StartAsync(extraConfiguration: $"ForceCommand exec {bash} -r -c \"$SSH_ORIGINAL_COMMAND\"\n");

        var probed = (await ProberOver(sshd).ProbeAsync([Nodes.On("k8s-m0", "127.0.0.1", sshd.Port)], _ => new ProbeRequest(), null, default)).ShouldHaveSingleItem();

        probed.Failure!.Message.ShouldContain("/bin/sh: restricted");
    }

    [Fact]
    public async Task I_am_told_that_a_node_fell_silent_in_the_middle_of_its_answer()
    {
        await using var sshd = await LoopbackSshd.StartAsync(extraConfiguration: "ForceCommand echo hello; sleep 300\n");
        var request = new ProbeRequest { Timeout = TimeSpan.FromMilliseconds(200) };

        var probed = (await ProberOver(sshd, seconds: 2).ProbeAsync([Nodes.On("k8s-m0", "127.0.0.1", sshd.Port)], _ => request, null, default)).ShouldHaveSingleItem();

        // On a busy machine the node may not even have begun to speak when it is asked whether it is there.
        probed.Failure!.Reason.ShouldBeOneOf(SshFailureReason.CommandTimedOut, SshFailureReason.TimedOut);
        probed.Facts.ShouldBeNull();
        probed.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task I_am_told_that_a_node_allows_no_commands()
    {
        await using var sshd = await LoopbackSshd.StartAsync(extraConfiguration: "ForceCommand echo This account is not available.\n");

        var probed = (await ProberOver(sshd).ProbeAsync([Nodes.On("k8s-m0", "127.0.0.1", sshd.Port)], _ => new ProbeRequest(), null, default)).ShouldHaveSingleItem();

        probed.Facts.ShouldBeNull();
        probed.Failure!.Message.ShouldContain("/bin/sh gave no answer");
        probed.Failure.Message.ShouldContain("This account is not available.");
    }

    [Fact]
    public async Task I_keep_little_of_a_node_that_never_stops_talking()
    {
        await using var sshd = await LoopbackSshd.StartAsync(extraConfiguration: "ForceCommand head -c 30000000 /dev/zero\n");
        var shell = new OpenSshShell(new SshOptions(sshd.Cluster()), new CommandRunner());

        var result = await shell.RunAsync(Nodes.On("k8s-m0", "127.0.0.1", sshd.Port), ProbeScript.For(new ProbeRequest()));

        result.Output.Length.ShouldBe(512 * 1024);
        NodeFactsParser.Parse(result.Output, "MARKER").ShouldBeNull();
    }

    [Fact]
    public async Task I_am_told_which_nodes_have_the_wrong_key_and_hear_from_the_others()
    {
        await using var sshd = await LoopbackSshd.StartAsync();
        var good = Nodes.On("good", "127.0.0.1", sshd.Port);
        var refusing = Nodes.On("refusing", "127.0.0.1", LoopbackSshd.FreePort());
        var broken = Nodes.On("broken", "127.0.0.1", sshd.Port, ("ansible_ssh_common_args", "-o 'unclosed"));

        var probed = await ProberOver(sshd).ProbeAsync([good, refusing, broken], _ => new ProbeRequest(), null, default);

        probed[0].Facts.ShouldNotBeNull();
        probed[1].Failure!.Reason.ShouldBe(SshFailureReason.Refused);
        probed[2].Failure!.Message.ShouldContain("ansible_ssh_common_args");
    }

    [Fact]
    public async Task I_hear_from_all_others_while_one_node_hangs()
    {
        var heard = new ConcurrentBag<string>();
        var othersDone = new TaskCompletionSource();
        var shell = new Shell(async (node, _) =>
        {
            if (node.Name == "n0")
                await othersDone.Task;
            return Answer("");
        });

        await new NodeProber(shell, new ClusterSettings(), TimeProvider.System).ProbeAsync(Many(20), _ => new ProbeRequest(), probed =>
        {
            heard.Add(probed.Node.Name);
            if (heard.Count == 19)
                othersDone.SetResult();
        }, default).WaitAsync(TimeSpan.FromSeconds(30));

        heard.Count.ShouldBe(20);
    }

    [Theory]
    [InlineData(100, null, "", 32)]
    [InlineData(100, 50, "", 50)]
    [InlineData(10, 50, "", 10)]
    [InlineData(100, 50, "-J bastion.example.com", 8)]
    [InlineData(100, null, "-o ProxyCommand='ssh -W %h:%p bastion'", 8)]
    public async Task I_ask_so_many_nodes_at_a_time(int nodes, int? setting, string commonArguments, int expected)
    {
        var now = 0;
        var most = 0;
        var full = new TaskCompletionSource();
        var shell = new Shell(async (_, _) =>
        {
            var mine = Interlocked.Increment(ref now);
            InterlockedMax(ref most, mine);
            if (mine == expected)
                full.TrySetResult();
            await full.Task;
            Interlocked.Decrement(ref now);
            return Answer("");
        });
        var settings = new ClusterSettings { Preflight = new PreflightSettings { Concurrency = setting } };

        await new NodeProber(shell, settings, TimeProvider.System)
            .ProbeAsync(Many(nodes, commonArguments), _ => new ProbeRequest(), null, default).WaitAsync(TimeSpan.FromSeconds(30));

        most.ShouldBe(expected);
    }

    [Fact]
    public async Task I_ask_again_for_a_clock_that_looks_wrong_and_for_no_other()
    {
        var asked = new ConcurrentBag<string>();
        var shell = new Shell((node, command) =>
        {
            asked.Add(node.Name);
            var offset = node.Name == "n2" ? 60 : 0;
            return Task.FromResult(Answer($"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0 + offset:0.000000000}\n"));
        });
        var prober = new NodeProber(shell, new ClusterSettings(), TimeProvider.System);
        var nodes = Many(3).Select(node => new ProbedNode(node) { ClockOffset = node.Name == "n2" ? new ClockOffset(55, 55, 65) : new ClockOffset(0.1, -3, 0.1) }).ToList();

        var again = await prober.LookAgainAtClocksAsync(nodes, default);

        asked.ShouldBe(["n2"]);
        again[2].ClockOffset!.Seconds.ShouldBe(60, tolerance: 2);
        (again[2].ClockOffset!.Most - again[2].ClockOffset!.Least).ShouldBeLessThan(5);
        again[0].ShouldBe(nodes[0]);
    }

    [Fact]
    public async Task I_am_told_that_the_file_with_the_password_is_missing()
    {
        var settings = new ClusterSettings { Become = new BecomeSettings { PasswordFile = "/nowhere/password" } };
        var prober = new NodeProber(new Shell((_, _) => throw new InvalidOperationException()), settings, TimeProvider.System);

        var error = await Should.ThrowAsync<UserError>(() => prober.ProbeAsync(Many(1), _ => new ProbeRequest(), null, default));

        error.Message.ShouldContain("/nowhere/password");
    }

    [Theory]
    [InlineData("{{ vault_password }}")]
    [InlineData("{\"__ansible_vault\": \"$ANSIBLE_VAULT;1.1;AES256\"}")]
    public async Task I_do_not_try_a_password_that_only_Ansible_can_read(string password)
    {
        var shell = new Shell((_, command) =>
        {
            command.StandardInput!.ShouldNotContain("vault");
            command.StandardInput!.ShouldContain($"method={NodeProber.HiddenPassword}\n");
            return Task.FromResult(Answer(""));
        });
        var node = Nodes.Node("n", ["kube_node"], ("ansible_become_password", password));

        await new NodeProber(shell, new ClusterSettings(), TimeProvider.System).ProbeAsync([node], _ => new ProbeRequest(), null, default);
    }

    private static NodeProber ProberOver(LoopbackSshd sshd, int seconds = 10)
    {
        var cluster = sshd.Cluster();
        cluster = cluster with { Settings = cluster.Settings with { Ssh = cluster.Settings.Ssh with { ConnectTimeout = TimeSpan.FromSeconds(seconds) } } };
        return new NodeProber(new OpenSshShell(new SshOptions(cluster), new CommandRunner()), cluster.Settings, TimeProvider.System);
    }

    private static List<Node> Many(int count, string commonArguments = "") => [.. Enumerable.Range(0, count).Select(i => commonArguments.Length > 0
        ? Nodes.Node($"n{i}", ["kube_node"], ("ansible_ssh_common_args", commonArguments))
        : Nodes.Node($"n{i}", ["kube_node"]))];

    private static NodeResult Answer(string output) => new(0, output, "", TimeSpan.Zero, null);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var current = Volatile.Read(ref target); value > current; current = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, current) == current)
                return;
        }
    }

    private sealed class Shell(Func<Node, NodeCommand, Task<NodeResult>> run) : INodeShell
    {
        public Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default) => run(node, command);
    }
}
