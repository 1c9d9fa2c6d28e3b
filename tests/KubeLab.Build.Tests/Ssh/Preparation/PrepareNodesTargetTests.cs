using System.Text.Json;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

/// <summary>The target PrepareNodes, by the program itself on a real terminal, with a real sshd as the node.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public sealed class PrepareNodesTargetTests : IDisposable
{
    // Types an answer, byte by byte as given, whenever the terminal has shown what it is for.
    private const string Typist = """
        import base64, json, os, pty, sys
        steps = json.load(open(sys.argv[1]))
        child, terminal = pty.fork()
        if child == 0:
            os.execvp(sys.argv[2], sys.argv[2:])
        shown, seen = b"", 0
        while True:
            try:
                data = os.read(terminal, 4096)
            except OSError:
                break
            if not data:
                break
            shown += data
            if steps and steps[0][0].encode() in shown[seen:]:
                seen = len(shown)
                os.write(terminal, base64.b64decode(steps.pop(0)[1]))
        sys.stdout.buffer.write(shown)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """;

    private readonly TemporaryDirectory root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task I_can_type_a_password_with_every_byte_that_a_terminal_can_send_and_it_is_never_shown()
    {
        // Arrange: 0x01 to 0xff without the line's end, and without the colon, which chpasswd takes for its own.
        Programs.Require("python3");
        var bytes = Enumerable.Range(1, 255).Where(each => each is not ('\n' or ':')).Select(each => (byte)each).ToArray();
        var octal = string.Concat(bytes.Select(each => $"\\{Convert.ToString(each, 8).PadLeft(3, '0')}"));
        await using var machine = await PasswordMachine.StartAsync($"user ops x; printf 'ops:{octal}\\n' | chpasswd -c SHA512");
        Prepare(machine);
        object[] steps = [
            new[] { "yes, no, or the fingerprint", Convert.ToBase64String("yes\n"u8) },
            new[] { "Password of the login user on the nodes: ", Convert.ToBase64String([.. new Password(bytes, "test").Keystrokes, (byte)'\n']) },
        ];

        // Act
        var run = await TypeAsync(steps, "PrepareNodes");

        // Assert
        run.ExitCode.ShouldBe(0, run.StandardOutput);
        (await File.ReadAllTextAsync(machine.Home("ops"))).ShouldBe($"{machine.PublicKey}\n");
        run.StandardOutput.ShouldContain(machine.Fingerprint());
        run.StandardOutput.ShouldNotContain("ABCDEFG");
        File.ReadAllText(root.File("inventory/mine/known_hosts")).ShouldContain($"[127.0.0.1]:{machine.Port} ssh-ed25519 ");
    }

    [Fact]
    public async Task I_can_prepare_nodes_without_a_terminal_and_am_told_what_is_missing()
    {
        await using var machine = await PasswordMachine.StartAsync("user ops 'a secret'");
        Prepare(machine);
        var fingerprints = root.Write("fingerprints", machine.Fingerprint());

        var nobody = await RunAsync([], "PrepareNodes");
        var refused = await RunAsync([("KUBELAB_FIRST_PASSWORD", "another")], "PrepareNodes", "--fingerprints", fingerprints);
        var dry = await RunAsync([("KUBELAB_FIRST_PASSWORD", "a secret")], "PrepareNodes", "--fingerprints", fingerprints, "--dry-run");
        var done = await RunAsync([("KUBELAB_FIRST_PASSWORD", "a secret")], "PrepareNodes", "--fingerprints", fingerprints, "--node", "k8s-m0");

        nobody.ExitCode.ShouldBe(255);
        nobody.StandardOutput.ShouldContain("there is no terminal to ask");
        refused.ExitCode.ShouldBe(255);
        refused.StandardOutput.ShouldContain("ops is not let in with the password");
        dry.ExitCode.ShouldBe(0, dry.StandardOutput);
        dry.StandardOutput.ShouldContain("Nothing was changed: --dry-run.");
        done.ExitCode.ShouldBe(0, done.StandardOutput);
        done.StandardOutput.ShouldContain("added");
        string.Concat(nobody.StandardOutput, refused.StandardOutput, dry.StandardOutput, done.StandardOutput).ShouldNotContain("a secret");
    }

    private void Prepare(PasswordMachine machine)
    {
        KubeLabProgram.Prepare(root, "- hosts: all\n");
        root.Write("inventory/mine/inventory.ini", $"""
            [kube_control_plane]
            k8s-m0 ansible_host=127.0.0.1 ansible_port={machine.Port} ansible_user=ops
            [etcd]
            k8s-m0
            [kube_node]
            k8s-m0

            """);
        root.Write("inventory/mine/kubelab.yml", $"ssh: {{ private_key: '{machine.Folder.File("id_ed25519")}' }}\n");
    }

    private Task<CommandResult> TypeAsync(object[] steps, params string[] arguments)
    {
        var command = Command([], arguments);
        string[] words = [root.Write("type.py", Typist), root.Write("steps.json", JsonSerializer.Serialize(steps)), command.Program];
        return new CommandRunner().RunAsync(command with { Program = "python3", Arguments = [.. words, .. command.Arguments] });
    }

    // Without a terminal, also where whoever runs the tests sits at one.
    private Task<CommandResult> RunAsync((string Name, string Value)[] variables, params string[] arguments)
    {
        var command = Command(variables, arguments);
        return new CommandRunner().RunAsync(command with { Program = "setsid", Arguments = ["--wait", command.Program, .. command.Arguments] });
    }

    private CommandLine Command((string Name, string Value)[] variables, string[] arguments)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["GITHUB_ACTIONS"] = null };
        foreach (var (name, value) in variables)
            environment[name] = value;
        return KubeLabProgram.Command(root.Path, environment, [.. arguments, "--inventory", "mine", "--kubespray-path", "distribution"]);
    }
}
