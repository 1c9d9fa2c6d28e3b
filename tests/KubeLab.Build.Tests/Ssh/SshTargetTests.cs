using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

/// <summary>The target Ssh, by the program itself, with a real sshd as the node.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public sealed class SshTargetTests : IDisposable
{
    private readonly TemporaryDirectory root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task I_run_a_command_on_a_node_that_gets_its_words_untouched()
    {
        await using var sshd = await PrepareAsync();

        var run = await RunAsync(["Ssh", "--node", "k8s-m0"], "printf", "%s|", "-la", "--help", "a  b", "$HOME", "");

        run.ExitCode.ShouldBe(0, run.StandardError);
        run.StandardOutput.ShouldBe("-la|--help|a  b|$HOME||");
        run.StandardError.ShouldNotContain("Build succeeded");
    }

    [Fact]
    public async Task I_get_the_commands_exit_code_and_may_give_the_nodes_shell_a_line()
    {
        await using var sshd = await PrepareAsync();

        var run = await RunAsync(["Ssh", "--node", "k8s-m0"], "echo $((6 * 7)) | cat; exit 7");

        run.ExitCode.ShouldBe(7, run.StandardError);
        run.StandardOutput.ShouldBe("42\n");
    }

    [Fact]
    public async Task I_am_refused_where_the_host_key_is_not_the_pinned_one_whatever_my_own_configuration_says()
    {
        await using var sshd = await PrepareAsync();
        var other = File.ReadAllText(Path.Combine(sshd.Directory, "id_ed25519.pub")).Split(' ');
        File.WriteAllText(sshd.KnownHosts, $"[127.0.0.1]:{sshd.Port} {other[0]} {other[1]}\n");

        var run = await RunAsync(["Ssh", "--node", "k8s-m0"], "echo", "here");

        run.ExitCode.ShouldBe(255);
        run.StandardOutput.ShouldBeEmpty();
        run.StandardError.ShouldContain("Host key verification failed");
    }

    [Fact]
    public async Task I_can_print_the_line_and_write_a_configuration_for_any_program()
    {
        await using var sshd = await PrepareAsync();

        var print = await RunAsync(["Ssh", "--node", "k8s-m0", "--print"], "uname", "-a b");
        var config = await RunAsync(["Ssh", "--config"]);
        var file = config.StandardOutput.TrimEnd('\n');
        var ssh = await new CommandRunner().RunAsync(CommandLine.Of("ssh", "-F", file, "k8s-m0", "echo here"));

        print.StandardOutput.ShouldStartWith("ssh -o ");
        print.StandardOutput.ShouldEndWith("-- 127.0.0.1 uname ''\\''-a b'\\'''\n");
        file.ShouldBe(root.File("artifacts/mine/ssh_config"));
        config.StandardError.ShouldContain("Include");
        ssh.StandardOutput.ShouldBe("here\n", ssh.StandardError);
    }

    [Theory]
    [InlineData("ANSIBLE_SSH_COMMON_ARGS", "-o HostKeyAlias=other", "k8s-m0: HostKeyAlias other, from ansible_ssh_common_args")]
    [InlineData("ANSIBLE_SSH_EXTRA_ARGS", "-S /tmp/mine", "k8s-m0: ControlPath /tmp/mine, from ")]
    [InlineData("ANSIBLE_SSH_EXECUTABLE", "/tmp/ssh", "k8s-m0: ANSIBLE_SSH_EXECUTABLE=/tmp/ssh, from the environment")]
    [InlineData("ANSIBLE_TRANSPORT", "paramiko", "k8s-m0: ANSIBLE_TRANSPORT=paramiko, from the environment")]
    [Promise("A pinned host key is not overruled", "variables of Ansible's in the environment, for a session and for a playbook")]
    public async Task I_am_refused_where_Ansibles_environment_leads_round_the_pins(string variable, string value, string expected)
    {
        await using var sshd = await PrepareAsync(argument: "");

        var session = await RunAsync(["Ssh", "--node", "k8s-m0"], [(variable, value)], "echo", "here");
        var playbook = await RunAsync(["InstallCluster", "--skip"], [(variable, value)]);

        session.ExitCode.ShouldBe(255);
        session.StandardOutput.ShouldBeEmpty();
        session.StandardError.ShouldContain(expected);
        playbook.ExitCode.ShouldBe(255);
        playbook.StandardOutput.ShouldContain(expected);
        playbook.StandardOutput.ShouldNotContain("PLAY");
    }

    [Theory]
    [InlineData("Ssh", "No node is named.")]
    [InlineData("Ssh --node k8s-m1", "There is no node k8s-m1. Did you mean k8s-m0?")]
    [InlineData("Ssh --node k8s-m0 -- ls", "-- is no option.")]
    public async Task I_am_told_what_is_missing(string line, string expected)
    {
        await using var sshd = await PrepareAsync();

        var run = await RunAsync(line.Split(' '));

        run.ExitCode.ShouldBe(255);
        (run.StandardOutput + run.StandardError).ShouldContain(expected);
    }

    [Fact]
    public async Task I_am_told_that_only_Ssh_runs_a_command()
    {
        await using var sshd = await PrepareAsync();

        var run = await RunAsync(["ValidateNodes"], "ls");

        run.ExitCode.ShouldBe(255);
        run.StandardOutput.ShouldContain("only Ssh runs one");
    }

    [Fact]
    public async Task I_see_how_each_node_is_reached()
    {
        await using var sshd = await PrepareAsync();

        var run = await RunAsync(["ValidateInventory", "--show", "connections"]);
        var slip = await RunAsync(["ValidateInventory", "--show", "nodes"]);

        run.StandardOutput.Split('\n').ShouldContain(line =>
            line.Contains("k8s-m0") && line.Contains("127.0.0.1") && line.Contains("root") && line.Contains($"{sshd.Port}")
            && line.Contains(sshd.PrivateKey));
        slip.StandardOutput.ShouldContain("--show is 'nodes', but has to be one of connections.");
    }

    // My own configuration would accept any host key.
    private async Task<LoopbackSshd> PrepareAsync(string? argument = null)
    {
        var sshd = await LoopbackSshd.StartAsync();
        KubeLabProgram.Prepare(root, "- hosts: all\n");
        var own = root.Write("own_config", "Host *\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n");
        argument ??= $"ansible_ssh_common_args=\"-F '{own}'\"";
        root.Write("inventory/mine/inventory.ini", $"""
            [kube_control_plane]
            k8s-m0 ansible_host=127.0.0.1 ansible_port={sshd.Port} ansible_user=root {argument}
            [etcd]
            k8s-m0
            [kube_node]
            k8s-m0

            """);
        root.Write("inventory/mine/kubelab.yml", $"ssh: {{ private_key: '{sshd.PrivateKey}', known_hosts: '{sshd.KnownHosts}' }}\n");
        return sshd;
    }

    private Task<CommandResult> RunAsync(string[] arguments, params string[] words) => RunAsync(arguments, [], words);

    private Task<CommandResult> RunAsync(string[] arguments, (string Name, string Value)[] variables, params string[] words)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["GITHUB_ACTIONS"] = null };
        foreach (var (name, value) in variables)
            environment[name] = value;
        if (words.Length > 0)
            environment["KUBELAB_COMMAND"] = $"{words.Length}";
        for (var i = 0; i < words.Length; i++)
            environment[$"KUBELAB_COMMAND_{i + 1}"] = words[i];
        string[] cluster = ["--inventory", "mine", "--kubespray-path", "distribution"];
        return new CommandRunner().RunAsync(KubeLabProgram.Command(root.Path, environment,
            arguments.Contains("--") ? arguments : [.. arguments, .. cluster]));
    }
}
