using KubeLab.Bundles;
using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Bundles;

/// <summary>apt on nodes led to a bundle and back. The real scripts run here, in a folder of their own, with an apt-get that only
/// says how it was called.</summary>
public sealed class NodePackageSourcesTests : IDisposable
{
    private const string Repository = "http://192.0.2.1:8080/packages/debian-12";

    private readonly TemporaryDirectory root = new();
    private readonly IReadOnlyList<Node> nodes = [Nodes.On("k8s-m0", "192.0.2.10", 22)];

    public NodePackageSourcesTests()
    {
        root.Write("etc/sources.list", "deb http://deb.example/debian bookworm main\n");
        root.Write("etc/sources.list.d/own.sources", "Types: deb\n");
        AptGet(0);
    }

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task A_node_asks_the_bundle_alone_and_then_its_own_sources_again()
    {
        var before = Contents();

        await Sources().RedirectAsync(nodes, Repository, CancellationToken.None);

        Contents().Where(each => !each.StartsWith("kubelab-aside", StringComparison.Ordinal))
            .ShouldBe([$"sources.list.d/kubelab-bundle.list: deb [trusted=yes] {Repository} ./\n"]);
        File.ReadAllText(root.File("called")).ShouldContain("update");
        Sources().AreRedirected.ShouldBeTrue();
        await Sources().PutBackAsync(nodes, CancellationToken.None);
        Contents().ShouldBe(before);
        Sources().AreRedirected.ShouldBeFalse();
    }

    [Fact]
    public async Task Led_twice_it_still_has_its_own_sources_in_the_end()
    {
        var before = Contents();

        await Sources().RedirectAsync(nodes, Repository, CancellationToken.None);
        await Sources().RedirectAsync(nodes, "http://192.0.2.2/packages/debian-12", CancellationToken.None);

        Contents().ShouldContain("sources.list.d/kubelab-bundle.list: deb [trusted=yes] http://192.0.2.2/packages/debian-12 ./\n");
        await Sources().PutBackAsync(nodes, CancellationToken.None);
        Contents().ShouldBe(before);
    }

    [Fact]
    public async Task Where_the_bundle_can_t_be_reached_all_is_put_back_at_once()
    {
        var before = Contents();
        AptGet(100);

        var error = await Should.ThrowAsync<UserError>(() => Sources().RedirectAsync(nodes, Repository, CancellationToken.None));

        error.Message.ShouldContain("k8s-m0: E: no route");
        Contents().ShouldBe(before);
        Sources().AreRedirected.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_that_gives_no_answer_is_said_to_be_still_led_elsewhere()
    {
        await Sources().RedirectAsync(nodes, Repository, CancellationToken.None);
        var silent = new NodePackageSources(new Silence(), Become, Consoles.Silent(), root.File("bundle"), root.File("etc"));

        var error = await Should.ThrowAsync<UserError>(() => silent.PutBackAsync(nodes, CancellationToken.None));

        error.Message.ShouldContain("k8s-m0 still asks the bundle");
        error.Message.ShouldContain("kubelab-aside");
        Sources().AreRedirected.ShouldBeTrue();
    }

    [Fact]
    public async Task Whether_a_node_may_be_out_of_reach_is_for_others_to_judge()
    {
        var gone = new NodePackageSources(new Gone(), Become, Consoles.Silent(), root.File("bundle"), root.File("etc"));

        await gone.RedirectReachableAsync(nodes, Repository, CancellationToken.None);

        (await Should.ThrowAsync<UserError>(() => gone.RedirectAsync(nodes, Repository, CancellationToken.None)))
            .Message.ShouldContain("k8s-m0: no route to it");
    }

    [Fact]
    public async Task Nodes_that_are_no_more_are_forgotten()
    {
        await Sources().RedirectAsync(nodes, Repository, CancellationToken.None);

        Sources().Forget();
        Sources().Forget();

        Sources().AreRedirected.ShouldBeFalse();
    }

    private static NodeBecome Become => new(new BecomeSettings { User = Environment.UserName });

    private NodePackageSources Sources() =>
        new(new ThisMachine(root.File("bin")), Become, Consoles.Silent(), root.File("bundle"), root.File("etc"));

    private void AptGet(int exitCode)
    {
        var program = root.Write("bin/apt-get", $"#!/bin/sh\nprintf '%s\\n' \"$*\" > '{root.File("called")}'\n[ {exitCode} = 0 ] || echo 'E: no route' >&2\nexit {exitCode}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private List<string> Contents() => [.. Directory.EnumerateFiles(root.File("etc"), "*", SearchOption.AllDirectories)
        .Select(file => $"{Path.GetRelativePath(root.File("etc"), file)}: {File.ReadAllText(file)}").Order(StringComparer.Ordinal)];

    private sealed class ThisMachine(string programs) : INodeShell
    {
        public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            var path = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
            var line = new CommandLine(command.Words[0], [.. command.Words.Skip(1)])
            { StandardInput = command.StandardInput, Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = path } };
            var result = await new CommandRunner().RunAsync(line, cancellationToken: cancellationToken);
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration, null);
        }
    }

    private sealed class Gone : INodeShell
    {
        public Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default) =>
            Task.FromResult(new NodeResult(255, "", "", TimeSpan.Zero, new SshFailure(SshFailureReason.Other, "no route to it", "Look at it.")));
    }

    private sealed class Silence : INodeShell
    {
        public Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default) =>
            Task.FromResult(new NodeResult(255, "", "no answer", TimeSpan.Zero, null));
    }
}
