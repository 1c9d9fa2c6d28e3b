using KubeLab.Clusters;
using KubeLab.Kubernetes;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Smoke;

namespace KubeLab.Tests.Kubernetes;

public sealed class KubectlTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly KubectlFinder finder = new(new CommandRunner());

    [Fact]
    public void I_get_the_kubectl_of_the_artifacts_before_that_of_the_path()
    {
        var artifacts = Program("artifacts/kubectl", "exit 0");
        var path = Program("bin/kubectl", "exit 0");

        Find("artifacts", "bin").Description.ShouldBe(artifacts);
        Find("nothing", "bin").Description.ShouldBe(path);
    }

    [Fact]
    public void I_get_the_kubectl_of_a_control_plane_where_there_is_no_other()
    {
        var remote = new StandInKubectl();
        directory.Write("artifacts/kubectl", "no program");

        finder.Find([directory.File("artifacts")], null, () => remote, "").ShouldBe(remote);
    }

    [Fact]
    public void I_am_told_that_there_is_no_kubectl() =>
        Should.Throw<UserError>(() => finder.Find([], null, null, "")).Message.ShouldContain("Install kubectl");

    [Fact]
    public async Task I_see_a_call_ended_at_its_limit_with_what_it_had_said()
    {
        var kubectl = new LocalKubectl(new CommandRunner(), Program("kubectl", "echo begun; exec sleep 300"), kubeconfig: null);

        var result = await kubectl.RunAsync(KubectlCall.Of("logs") with { Limit = TimeSpan.FromSeconds(2) });

        result.TimedOut.ShouldBeTrue();
        result.Output.ShouldBe("begun\n");
        ApiProblem.From("logs", result).Kind.ShouldBe(ApiProblemKind.TimedOut);
    }

    [Fact]
    public async Task I_hand_a_kubeconfig_and_a_manifest_to_kubectl()
    {
        var kubectl = new LocalKubectl(new CommandRunner(), Program("kubectl", "echo \"$@\"; cat"), "/a folder/admin.conf");

        var result = await kubectl.RunAsync(KubectlCall.Of("create", "-f", "-") with { StandardInput = "kind: Pod\n" });

        result.Output.ShouldBe("--kubeconfig /a folder/admin.conf create -f -\nkind: Pod\n");
    }

    [Fact]
    public async Task I_hand_a_manifest_over_SSH_in_which_the_shell_replaces_nothing()
    {
        Programs.Require("sh");
        Program("kubectl", "echo \"$@\"; cat");
        var node = new Node("k8s-m0", new HashSet<string>(StringComparer.Ordinal), new Dictionary<string, System.Text.Json.JsonElement>(StringComparer.Ordinal));
        var kubectl = new NodeKubectl(new ShellHere(directory.Path), node, new NodeBecome(new BecomeSettings { User = Environment.UserName }), "/etc/kubernetes/admin.conf");

        var result = await kubectl.RunAsync(KubectlCall.Of("create", "--filename", "-", "it's") with { StandardInput = "echo \"$NODE\" `id` \\n 'x'\n" });

        result.Output.ShouldBe("--kubeconfig /etc/kubernetes/admin.conf --cache-dir /dev/null/kubelab create --filename - it's\necho \"$NODE\" `id` \\n 'x'\n");
    }

    [Fact]
    public void I_am_told_that_a_kubeconfig_names_no_server_and_never_what_else_is_in_it()
    {
        var error = Should.Throw<UserError>(() => KubeAccess.Parse("""{"users":[{"user":{"token":"very-secret"}}]}"""));

        error.Message.ShouldContain("names no API server");
        error.ToString().ShouldNotContain("very-secret");
    }

    public void Dispose() => directory.Dispose();

    private IKubectl Find(string artifacts, string path) => finder.Find([directory.File(artifacts)], null, null, directory.File(path));

    private string Program(string name, string body)
    {
        var file = directory.Write(name, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    /// <summary>Runs a node's command here, as the node's shell would, with a kubectl of the test's own.</summary>
    private sealed class ShellHere(string path) : INodeShell
    {
        public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            var line = new CommandLine(command.Words[0], [.. command.Words.Skip(1)])
            {
                StandardInput = command.StandardInput,
                Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = $"{path}:/usr/bin:/bin" },
            };
            var result = await new CommandRunner().RunAsync(line, cancellationToken: cancellationToken);
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration, null);
        }
    }
}
