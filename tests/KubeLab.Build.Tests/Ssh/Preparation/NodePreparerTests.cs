using System.Net;
using System.Net.Sockets;
using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

/// <summary>The first login, against a real sshd with passwords.</summary>
public class NodePreparerTests
{
    private const string Ops = "user ops 'a secret'";

    [Fact]
    public async Task I_can_put_my_key_on_a_machine_that_only_knows_a_password()
    {
        // Arrange
        await using var machine = await PasswordMachine.StartAsync(Ops);
        var prompt = new ScriptedPrompt("yes", "a secret");

        // Act
        var first = await PrepareAsync(machine, prompt, machine.Node("ops"));
        var second = await PrepareAsync(machine, new ScriptedPrompt(), machine.Node("ops"));

        // Assert: the host key was confirmed before the password was asked for, and is pinned; sshd's modes hold,
        var row = first.ShouldHaveSingleItem();
        row.Failure.ShouldBeNull();
        (row.HostKey, row.Login, row.Answer.Of("key")).ShouldBe(("confirmed", "password", "added"));
        prompt.Asked.Count.ShouldBe(2);
        prompt.Asked[0].ShouldContain(machine.Fingerprint());
        prompt.Asked[1].ShouldStartWith("*Password");
        (await File.ReadAllTextAsync(machine.Home("ops"))).ShouldBe($"{machine.PublicKey}\n");
        File.GetUnixFileMode(machine.Home("ops")).ShouldBe(UnixFile.Private);
        File.GetUnixFileMode(machine.Home("ops", ".ssh")).ShouldBe(UnixFile.Private | UnixFileMode.UserExecute);

        // and a second time nothing is asked, and nothing done.
        row = second.ShouldHaveSingleItem();
        (row.HostKey, row.Login, row.Answer.Of("key"), row.Failure).ShouldBe(("known", "key", "there", null));
        (await File.ReadAllTextAsync(machine.Home("ops"))).ShouldBe($"{machine.PublicKey}\n");
    }

    [Fact]
    public async Task I_change_nothing_in_a_dry_run()
    {
        await using var machine = await PasswordMachine.StartAsync(Ops);

        var rows = await PrepareAsync(machine, new ScriptedPrompt("yes", "a secret"), machine.Node("ops"), plan => plan with { IsDryRun = true });

        rows.ShouldHaveSingleItem().Answer.Of("key").ShouldBe("missing");
        rows[0].Failure.ShouldBeNull();
        Directory.Exists(machine.Home("ops", ".ssh")).ShouldBeFalse();
        File.Exists(machine.Cluster().PinnedHostsFile).ShouldBeFalse();
    }

    [Theory]
    [InlineData("k8s-m0 {0}", "host")]
    [InlineData("127.0.0.1\t{0}=", "host")]
    [InlineData("256 {0} root@k8s-m0 (ECDSA)", "host_ecdsa")]
    [InlineData("# the console\n\n{0}", "host")]
    public async Task I_can_give_the_fingerprints_of_any_of_its_keys(string text, string kind)
    {
        await using var machine = await PasswordMachine.StartAsync(Ops);
        var file = machine.Folder.Write("fingerprints", text.Replace("{0}", machine.Fingerprint(kind), StringComparison.Ordinal));

        var rows = await PrepareAsync(
            machine, new ScriptedPrompt(), machine.Node("ops", "k8s-m0", ("ansible_password", "a secret")), plan => plan with { Fingerprints = file });

        rows.ShouldHaveSingleItem().Failure.ShouldBeNull();
        (rows[0].HostKey, rows[0].Login).ShouldBe(("as given", "password"));
    }

    [Theory]
    [InlineData("no")]
    [InlineData("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("perhaps|y|")]
    public async Task I_send_no_password_to_whom_I_have_not_confirmed(string answers)
    {
        await using var machine = await PasswordMachine.StartAsync(Ops);
        var prompt = new ScriptedPrompt(answers.Split('|'));

        var rows = await PrepareAsync(machine, prompt, machine.Node("ops"));

        rows.ShouldHaveSingleItem().Failure!.Problem.ShouldContain(machine.Fingerprint());
        prompt.Asked.ShouldAllBe(question => !question.StartsWith('*'));
        File.Exists(machine.Cluster().PinnedHostsFile).ShouldBeFalse();
    }

    [Fact]
    public async Task I_send_no_password_to_whom_no_given_fingerprint_or_no_terminal_vouches_for()
    {
        await using var machine = await PasswordMachine.StartAsync(Ops);
        var file = machine.Folder.Write("fingerprints", $"k8s-m0 SHA256:{new string('A', 43)}\nk8s-n0 {machine.Fingerprint()}\n");
        var node = machine.Node("ops", "k8s-m0", ("ansible_password", "a secret"));

        var other = await PrepareAsync(machine, new ScriptedPrompt("yes"), node, plan => plan with { Fingerprints = file });
        var nobody = await PrepareAsync(machine, new ScriptedPrompt(), node);

        other.ShouldHaveSingleItem().Failure!.Problem.ShouldContain("is none of the given fingerprints");
        nobody.ShouldHaveSingleItem().Failure!.Remedy!.ShouldContain("--fingerprints");
    }

    [Fact]
    public async Task I_am_told_of_a_machine_that_is_not_the_pinned_one()
    {
        await using var machine = await PasswordMachine.StartAsync(Ops);
        machine.Folder.Write("known_hosts", $"[127.0.0.1]:{machine.Port} {machine.PublicKey}\n");
        var pinned = machine.Cluster() with { };
        pinned = pinned with { Settings = pinned.Settings with { Ssh = pinned.Settings.Ssh with { KnownHosts = pinned.PinnedHostsFile } } };

        var rows = await PrepareAsync(pinned, new ScriptedPrompt("yes", "a secret"), [machine.Node("ops")]);

        rows.ShouldHaveSingleItem().Failure!.Remedy!.ShouldContain("PinHosts --replace-pins");
    }

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("/usr/bin/fish")]
    [InlineData("/bin/tcsh")]
    public async Task I_log_in_by_keyboard_interactive_whatever_the_login_shell(string shell)
    {
        Programs.Require(Path.GetFileName(shell));
        await using var machine = await PasswordMachine.StartAsync($"{Ops} {shell}", PasswordMachine.Interactive);

        var rows = await PrepareAsync(machine, new ScriptedPrompt("yes", "a secret"), machine.Node("ops"));

        rows.ShouldHaveSingleItem().Failure.ShouldBeNull();
        (await File.ReadAllTextAsync(machine.Home("ops"))).ShouldBe($"{machine.PublicKey}\n");
    }

    [Fact]
    public async Task I_am_told_of_a_login_that_runs_no_script()
    {
        await using var machine = await PasswordMachine.StartAsync($"{Ops} /usr/sbin/nologin");

        var rows = await PrepareAsync(machine, new ScriptedPrompt("yes", "a secret"), machine.Node("ops"));

        rows.ShouldHaveSingleItem().Failure!.Problem.ShouldContain("The login ran no script to its end (exit code 1): This account is currently not available.");
    }

    [Theory]
    [InlineData("UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes")]
    [InlineData("UsePAM yes\nPasswordAuthentication yes\nKbdInteractiveAuthentication no")]
    public async Task I_change_a_password_that_has_expired(string configuration)
    {
        await using var machine = await PasswordMachine.StartAsync($"{Ops}; chage -d 0 ops", configuration);
        var prompt = new ScriptedPrompt("yes", "a secret", "Better^one 2026", "Better^one 2026");

        var rows = await PrepareAsync(machine, prompt, machine.Node("ops"));
        var without = await PrepareAsync(machine, new ScriptedPrompt(), machine.Node("ops"));

        rows.ShouldHaveSingleItem().Failure.ShouldBeNull();
        rows[0].Answer.Of("key").ShouldBe("added");
        prompt.Asked.Count(question => question.Contains("New password")).ShouldBe(2);
        without.ShouldHaveSingleItem().Login.ShouldBe("key");
    }

    [Fact]
    public async Task I_am_told_that_a_password_has_expired_where_I_give_no_new_one_or_one_that_is_not_taken()
    {
        await using var machine = await PasswordMachine.StartAsync($"{Ops}; chage -d 0 ops", PasswordMachine.Interactive);
        var secret = machine.Folder.Write("secret", "a secret\n");
        File.SetUnixFileMode(secret, UnixFile.Private);
        var fingerprints = machine.Folder.Write("fingerprints", machine.Fingerprint());

        var none = await PrepareAsync(machine, new ScriptedPrompt(), machine.Node("ops"), plan => plan with { PasswordFile = secret, Fingerprints = fingerprints });
        var same = await PrepareAsync(machine, new ScriptedPrompt(), machine.Node("ops"), plan => plan with { PasswordFile = secret, NewPasswordFile = secret, Fingerprints = fingerprints });

        none.ShouldHaveSingleItem().Failure!.Remedy!.ShouldContain("--new-password-file");
        same.ShouldHaveSingleItem().Failure!.Problem.ShouldContain("the new one was not taken");
        File.Exists(machine.Home("ops")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_give_a_wrong_password_once_even_where_one_try_is_all_that_there_is()
    {
        await using var machine = await PasswordMachine.StartAsync(
            $"{Ops}; user other 'another'", "UsePAM yes\nPasswordAuthentication yes\nKbdInteractiveAuthentication yes\nMaxAuthTries 1");
        var nodes = new[] { machine.Node("ops"), machine.Node("other", "k8s-n0") };

        var rows = await PrepareAsync(machine.Cluster(), new ScriptedPrompt("yes", "yes", "a secret"), nodes);

        rows[0].Failure.ShouldBeNull();
        rows[1].Failure!.Problem.ShouldContain("other is not let in with the password");
        File.Exists(machine.Home("other")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_log_in_with_a_password_of_any_bytes()
    {
        // Every byte that a terminal can send but the line's end, 0x80 to 0xff among them: no UTF-8.
        var bytes = Enumerable.Range(1, 255).Where(each => each is not ('\n' or ':')).Select(each => (byte)each).ToArray();
        var octal = string.Concat(bytes.Select(each => $"\\{Convert.ToString(each, 8).PadLeft(3, '0')}"));
        await using var machine = await PasswordMachine.StartAsync($"user ops x; printf 'ops:{octal}\\n' | chpasswd -c SHA512");
        var file = machine.Folder.File("secret");
        await File.WriteAllBytesAsync(file, [.. bytes, (byte)'\n']);
        File.SetUnixFileMode(file, UnixFile.Private);

        var rows = await PrepareAsync(machine, new ScriptedPrompt("yes"), machine.Node("ops"), plan => plan with { PasswordFile = file });

        rows.ShouldHaveSingleItem().Failure.ShouldBeNull();
    }

    [Fact]
    public async Task I_can_have_a_login_user_made_with_sudo()
    {
        Programs.Require("visudo");
        await using var machine = await PasswordMachine.StartAsync("echo 'root:a secret' | chpasswd -c SHA512");

        var dry = await PrepareAsync(machine, new ScriptedPrompt("yes", "a secret"), machine.Node("kubelab"), plan => plan with { CreateUser = true, IsDryRun = true });
        var made = File.Exists(machine.Folder.File("etc/sudoers.d/kubelab-kubelab"));
        var first = await PrepareAsync(machine, new ScriptedPrompt("yes", "a secret"), machine.Node("kubelab"), plan => plan with { CreateUser = true });
        var second = await PrepareAsync(machine, new ScriptedPrompt(), machine.Node("kubelab"), plan => plan with { CreateUser = true });

        dry.ShouldHaveSingleItem().Failure.ShouldBeNull();
        dry[0].Answer.Of("user").ShouldBe("missing");
        made.ShouldBeFalse();
        first.ShouldHaveSingleItem().Failure.ShouldBeNull();
        var answer = first[0].Answer;
        (answer.Of("user"), answer.Of("rule"), answer.Of("key"), answer.Of("sudo")).ShouldBe(("made", "made", "added", "free"));
        (await File.ReadAllTextAsync(machine.Folder.File("etc/sudoers.d/kubelab-kubelab"))).ShouldBe("kubelab ALL=(ALL:ALL) NOPASSWD: ALL\n");
        (await File.ReadAllTextAsync(machine.Home("kubelab"))).ShouldBe($"{machine.PublicKey}\n");
        second.ShouldHaveSingleItem().Failure.ShouldBeNull();
        (second[0].Login, second[0].Answer.Of("key"), second[0].Answer.Of("sudo")).ShouldBe(("key", "there", "free"));
    }

    [Fact]
    public async Task I_can_have_a_login_user_made_by_one_whose_sudo_wants_a_password()
    {
        Programs.Require("visudo");
        await using var machine = await PasswordMachine.StartAsync($"{Ops}; echo 'ops ALL=(ALL:ALL) ALL' > /etc/sudoers.d/ops; user other 'a secret'");

        var rows = await PrepareAsync(
            machine, new ScriptedPrompt("yes", "a secret"), machine.Node("kubelab"), plan => plan with { CreateUser = true, FirstUser = "ops" });
        var refused = await PrepareAsync(
            machine, new ScriptedPrompt("a secret"), machine.Node("second"), plan => plan with { CreateUser = true, FirstUser = "other" });

        rows.ShouldHaveSingleItem().Failure.ShouldBeNull();
        rows[0].Answer.Of("sudo").ShouldBe("free");
        refused.ShouldHaveSingleItem().Failure!.Problem.ShouldContain("not in the sudoers file");
        Directory.Exists(machine.Home("second", "")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_am_told_of_sudo_rules_that_are_broken_already_and_nothing_is_made()
    {
        Programs.Require("visudo");
        await using var machine = await PasswordMachine.StartAsync("echo 'root:a secret' | chpasswd -c SHA512; echo nonsense > /etc/sudoers.d/broken");

        var rows = await PrepareAsync(machine, new ScriptedPrompt("yes", "a secret"), machine.Node("kubelab"), plan => plan with { CreateUser = true });

        rows.ShouldHaveSingleItem().Failure!.Problem.ShouldContain("sudo's configuration is broken already");
        Directory.Exists(machine.Home("kubelab", "")).ShouldBeFalse();
        File.Exists(machine.Folder.File("etc/sudoers.d/kubelab-kubelab.new")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("root")]
    [InlineData("ALL")]
    [InlineData("-s")]
    [InlineData("two words")]
    [InlineData("a=b")]
    public async Task I_am_told_of_a_user_that_can_not_be_made(string user)
    {
        await using var machine = await PasswordMachine.StartAsync(Ops);

        var rows = await PrepareAsync(machine, new ScriptedPrompt("yes", "a secret"), machine.Node(user), plan => plan with { CreateUser = true });

        rows.ShouldHaveSingleItem().Failure!.Problem.ShouldContain($"'{user}' is no user");
    }

    [Fact]
    public async Task One_node_that_fails_stops_no_other()
    {
        // Arrange: one closes after its banner, one is not there, one accepts and says nothing more.
        await using var machine = await PasswordMachine.StartAsync(Ops);
        using var closing = new TcpListener(IPAddress.Loopback, 0);
        closing.Start();
        using var ended = new CancellationTokenSource();
        var serving = CloseAfterBannerAsync(closing, ended.Token);
        var cluster = machine.Cluster();
        cluster = cluster with { Settings = cluster.Settings with { Ssh = cluster.Settings.Ssh with { ConnectTimeout = TimeSpan.FromSeconds(2) } } };
        Node At(string name, int port) => Nodes.On(name, "127.0.0.1", port, ("ansible_user", "ops"));

        // Act
        var rows = await PrepareAsync(
            cluster, new ScriptedPrompt("yes", "a secret"),
            [At("k8s-n0", ((IPEndPoint)closing.LocalEndpoint).Port), machine.Node("ops"), At("k8s-n1", LoopbackSshd.FreePort()), At("-oProxyCommand=id", machine.Port)]);
        await ended.CancelAsync();
        closing.Stop();
        await serving;

        // Assert
        rows[0].Failure!.Problem.ShouldContain("k8s-n0 (127.0.0.1) shows no host key");
        rows[1].Failure.ShouldBeNull();
        rows[2].Failure!.Problem.ShouldContain("Connection refused");
        rows[3].Failure!.Problem.ShouldContain("is no name");
        using var writer = new StringWriter();
        Should.Throw<UserError>(() => new NodePreparationTable(Consoles.Into(writer)).Show(rows, wasDryRun: false)).Problem.ShouldBe("3 of 4 nodes are not prepared.");
        writer.ToString().ShouldContain("✗ k8s-n0: k8s-n0 (127.0.0.1) shows no host key");
    }

    private static async Task CloseAfterBannerAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                await client.GetStream().WriteAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
        }
    }

    private static Task<IReadOnlyList<NodePreparation>> PrepareAsync(
        PasswordMachine machine, ScriptedPrompt prompt, Node node, Func<PreparationPlan, PreparationPlan>? change = null)
    {
        var cluster = machine.Cluster();
        if (File.Exists(cluster.PinnedHostsFile))
            cluster = cluster with { Settings = cluster.Settings with { Ssh = cluster.Settings.Ssh with { KnownHosts = cluster.PinnedHostsFile } } };
        return PrepareAsync(cluster, prompt, [node], change);
    }

    private static Task<IReadOnlyList<NodePreparation>> PrepareAsync(
        Cluster cluster, ScriptedPrompt prompt, IReadOnlyList<Node> nodes, Func<PreparationPlan, PreparationPlan>? change = null)
    {
        var plan = new PreparationPlan();
        return new NodePreparer(cluster, new SshOptions(cluster), new CommandRunner(), change?.Invoke(plan) ?? plan, prompt).RunAsync(nodes);
    }
}
