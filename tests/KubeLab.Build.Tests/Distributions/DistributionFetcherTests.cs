using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

public class DistributionFetcherTests : IDisposable
{
    private readonly CommandRunner commands = new();
    private readonly TemporaryDirectory root = new();

    [SkippableFact]
    public async Task I_can_fetch_a_tag_from_a_repository_once()
    {
        var repository = await RepositoryAsync();
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = "v2.31.0" };

        var first = await Fetcher().FetchAsync(settings);
        Directory.Move(repository, $"{repository}-offline");
        var second = await Fetcher().FetchAsync(settings);

        first.Name.ShouldBe("kubespray v2.31.0");
        first.Commit!.Length.ShouldBe(40);
        (second.Directory, second.Commit).ShouldBe((first.Directory, first.Commit));
        File.ResolveLinkTarget(first.File("library/kube.py"), returnFinalTarget: false).ShouldNotBeNull();
    }

    [SkippableFact]
    public async Task I_am_told_that_a_version_is_not_there_and_nothing_is_left_behind()
    {
        var repository = await RepositoryAsync();

        var error = await Should.ThrowAsync<UserError>(
            () => Fetcher().FetchAsync(new KubespraySettings { Url = $"file://{repository}", Version = "v9.9.9" }));

        error.Message.ShouldContain("v9.9.9");
        Directory.GetFileSystemEntries(root.File("cache/kubespray")).ShouldBeEmpty();
    }

    [Fact]
    public async Task I_have_to_name_a_version() =>
        (await Should.ThrowAsync<UserError>(() => Fetcher().FetchAsync(new KubespraySettings { Version = "latest" })))
            .Message.ShouldContain("latest is none");

    [SkippableFact]
    public async Task I_can_use_a_checkout_of_my_own()
    {
        var repository = await RepositoryAsync();

        var distribution = await Fetcher().FetchAsync(new KubespraySettings { Path = repository });

        distribution.Directory.ShouldBe(repository);
    }

    [Fact]
    public async Task I_am_told_that_my_checkout_has_no_playbook()
    {
        root.Write("empty/README.md", "");

        var error = await Should.ThrowAsync<UserError>(() => Fetcher().FetchAsync(new KubespraySettings { Path = root.File("empty") }));

        error.Message.ShouldContain("has no cluster.yml");
    }

    [SkippableFact]
    public async Task Two_of_us_can_fetch_the_same_version_at_once()
    {
        var repository = await RepositoryAsync();
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = "v2.31.0" };

        var both = await Task.WhenAll(Fetcher("one").FetchAsync(settings), Fetcher("one").FetchAsync(settings));

        both[0].Commit.ShouldBe(both[1].Commit);
    }

    public void Dispose() => root.Dispose();

    private DistributionFetcher Fetcher(string cache = "cache") => new(commands, Consoles.Silent(), root.File(cache));

    private async Task<string> RepositoryAsync()
    {
        Programs.Require("git");
        root.Write("repository/cluster.yml", "---\n");
        root.Write("repository/plugins/kube.py", "");
        Directory.CreateDirectory(root.File("repository/library"));
        File.CreateSymbolicLink(root.File("repository/library/kube.py"), "../plugins/kube.py");
        foreach (var arguments in new[]
        {
            "init --quiet", "add .", "-c user.name=test -c user.email=test@example.invalid commit --quiet -m first", "tag v2.31.0",
        })
        {
            var git = new CommandLine("git", arguments.Split(' ')) { WorkingDirectory = root.File("repository") };
            (await commands.RunAsync(git)).EnsureSucceeded("git");
        }

        return root.File("repository");
    }
}
