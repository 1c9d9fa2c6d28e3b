using KubeLab.Clusters;
using KubeLab.Preflight;
using KubeLab.Ssh;

namespace KubeLab.Tests.Preflight;

public sealed class PreflightWarmUpTests : IDisposable
{
    private readonly SampleCluster cluster = new();

    [Fact]
    public async Task It_goes_through_a_whole_preflight_and_asks_nobody_but_this_machine()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the probe is for a POSIX shell");
        Assert.SkipWhen(Environment.ProcessorCount < 2, "with one processor it would only hold up what it is for");
        var shell = new Shell(command => new CommandRunner().RunAsync(new CommandLine(command.Words[0], [.. command.Words.Skip(1)]) { StandardInput = command.StandardInput }));

        var report = await PreflightWarmUp.RunAsync(cluster.Ansible(), shell, default);

        report.ShouldNotBeNull().Findings.Single(finding => finding.Check == "reachable").Status.ShouldBe(FindingStatus.Passed);
        shell.Asked.ShouldHaveSingleItem().IsLocal.ShouldBeTrue();
        shell.Scripts.ShouldHaveSingleItem().ShouldContain($"user={ShellWords.Quote(Environment.UserName)}\n");
        Directory.Exists(cluster.Cluster().ArtifactsDirectory).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\u0001garbage")]
    [InlineData(null)]
    public async Task It_never_throws(string? said)
    {
        var shell = new Shell(command => said is null
            ? throw new InvalidOperationException("broken")
            : Task.FromResult(new CommandResult(CommandLine.Of("sh"), 1, said, "", TimeSpan.Zero)));

        await Should.NotThrowAsync(() => PreflightWarmUp.RunAsync(cluster.Ansible(), shell, default));
    }

    public void Dispose() => cluster.Dispose();

    private sealed class Shell(Func<NodeCommand, Task<CommandResult>> run) : INodeShell
    {
        public List<Node> Asked { get; } = [];

        public List<string> Scripts { get; } = [];

        public async Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default)
        {
            Asked.Add(node);
            Scripts.Add(command.StandardInput!);
            var result = await run(command);
            return new NodeResult(result.ExitCode, result.StandardOutput, result.StandardError, result.Duration, null);
        }
    }
}
