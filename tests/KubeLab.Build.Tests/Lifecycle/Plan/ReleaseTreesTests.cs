using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

/// <summary>The way leads over the last patch of each minor version, and never back.</summary>
public sealed class ReleaseTreesTests : IDisposable
{
    private static readonly string[] Tags = ["v2.31.0", "v2.30.0", "v2.29.1", "v2.29.0", "v2.28.1", "v2.28.0"];

    private readonly TemporaryDirectory directory = new();

    [Theory]
    [InlineData("v2.28.0", null, "v2.28.0 v2.29.1 v2.30.0 v2.31.0")]
    [InlineData("v2.28.0", "v2.29.0", "v2.28.0 v2.29.0")]
    [InlineData("v2.28.0", "2.28.1", "v2.28.0 v2.28.1")]
    [InlineData("v2.30.0", "master", "v2.30.0 v2.31.0 master")]
    [InlineData("v2.31.0", "v2.31.0", "v2.31.0")]
    public void I_go_over_every_minor_version(string from, string? to, string way) =>
        string.Join(' ', ReleaseTrees.Way(Tags, from, to)).ShouldBe(way);

    [Theory]
    [InlineData("v2.30.0", "v2.32.0", "There is no release v2.32.0 of Kubespray. Did you mean v2.31.0?")]
    [InlineData("v2.30.0", "v2.29.1", "v2.29.1 lies behind v2.30.0")]
    [InlineData("v2.17.0", "v2.31.0", "There is no release v2.17.0")]
    public void I_am_told_that_no_way_leads_there(string from, string to, string says) =>
        Should.Throw<UserError>(() => ReleaseTrees.Way(Tags, from, to)).Message.ShouldContain(says);

    [Theory]
    [InlineData("kubespray v2.30.0 in /home/me/kubespray", "v2.30.0")]
    [InlineData("kubespray v2.30.0-5-g46dbdd3-dirty in ../kubespray", "v2.30.0")]
    public void I_am_understood_where_a_checkout_stands_after_a_tag(string described, string tag) =>
        Trees(new KubespraySettings { Path = "/home/me/kubespray" }).Deployed(Pinned(described)).ShouldBe(tag);

    [Theory]
    [InlineData("master")]
    [InlineData("46dbdd3994b32640bcd806b0097f50e8fdf1d514")]
    public void I_have_to_say_which_release_is_deployed_where_it_is_none(string version) =>
        Should.Throw<UserError>(() => Trees(new KubespraySettings { Version = version }).Deployed(Pinned("kubespray")))
            .Message.ShouldContain("--kubespray-version v2.31.0");

    [Fact]
    public async Task I_am_told_to_bring_the_tags_of_my_checkout()
    {
        directory.Write("checkout/cluster.yml", "---\n");
        var commands = new CommandRunner();
        await commands.RunAsync(new CommandLine("git", ["-C", directory.File("checkout"), "init", "--quiet"]));

        var error = await Should.ThrowAsync<UserError>(
            () => Trees(new KubespraySettings { Path = directory.File("checkout") }).WayAsync("v2.30.0", null));

        error.Problem.ShouldContain("has no tags of releases");
        error.Remedy!.ShouldContain($"git -C '{directory.File("checkout")}' fetch --tags");
    }

    public void Dispose() => directory.Dispose();

    private static Distribution Pinned(string name) => new(name, AppContext.BaseDirectory, null);

    private ReleaseTrees Trees(KubespraySettings settings)
    {
        var (commands, log) = (new CommandRunner(), Consoles.Silent());
        return new ReleaseTrees(
            new DistributionFetcher(commands, log, directory.File("cache")), new OfferedVersions(commands, log, directory.File("cache")), settings);
    }
}
