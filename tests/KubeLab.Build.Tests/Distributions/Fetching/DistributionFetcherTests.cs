using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

public class DistributionFetcherTests : IDisposable
{
    private readonly CommandRunner commands = new();
    private readonly TemporaryDirectory root = new();

    [Fact]
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

    [Fact]
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

    [Fact]
    public async Task I_can_use_a_checkout_of_my_own()
    {
        var repository = await RepositoryAsync();

        var distribution = await Fetcher().FetchAsync(new KubespraySettings { Path = repository });

        distribution.Directory.ShouldBe(repository);
        distribution.Name.ShouldBe($"kubespray v2.31.0 in {repository}");
    }

    [Fact]
    public async Task I_am_told_that_my_checkout_has_no_playbook()
    {
        root.Write("empty/README.md", "");

        var error = await Should.ThrowAsync<UserError>(() => Fetcher().FetchAsync(new KubespraySettings { Path = root.File("empty") }));

        error.Message.ShouldContain("has no cluster.yml");
    }

    [Fact]
    public async Task Two_of_us_can_fetch_the_same_version_at_once()
    {
        var repository = await RepositoryAsync();
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = "v2.31.0" };

        var both = await Task.WhenAll(Fetcher("one").FetchAsync(settings), Fetcher("one").FetchAsync(settings));

        both[0].Commit.ShouldBe(both[1].Commit);
    }

    [Theory]
    [InlineData("branch")]
    [InlineData("commit")]
    public async Task I_can_fetch_a_branch_or_a_commit_and_it_stays_where_it_was(string kind)
    {
        var repository = await RepositoryAsync();
        var first = await GitAsync("rev-parse HEAD");
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = kind == "branch" ? "trunk" : first };

        var fetched = await Fetcher().FetchAsync(settings);
        await GitAsync("-c user.name=test -c user.email=test@example.invalid commit --quiet --allow-empty -m second");
        var later = await Fetcher().FetchAsync(settings);

        (fetched.Commit, later.Commit).ShouldBe((first, first));
    }

    [Fact]
    public async Task I_am_told_that_a_commit_has_to_be_given_in_full()
    {
        var repository = await RepositoryAsync();
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = (await GitAsync("rev-parse HEAD"))[..8] };

        (await Should.ThrowAsync<UserError>(() => Fetcher().FetchAsync(settings))).Remedy!.ShouldContain("40 digits");
    }

    [Fact]
    public async Task I_fetch_no_more_than_the_one_commit()
    {
        var repository = await RepositoryAsync();
        await GitAsync("-c user.name=test -c user.email=test@example.invalid commit --quiet --allow-empty -m second");
        await GitAsync("tag v2.32.0");

        var fetched = await Fetcher().FetchAsync(new KubespraySettings { Url = $"file://{repository}", Version = "v2.32.0" });

        var count = await commands.RunAsync(new CommandLine("git", ["rev-list", "--count", "HEAD"]) { WorkingDirectory = fetched.Directory });
        count.StandardOutput.Trim().ShouldBe("1");
    }

    [Theory]
    [InlineData("changed file", "files in it were changed: cluster.yml")]
    [InlineData("other commit", "it is at commit")]
    [InlineData("no record", "nothing says what it is")]
    [Promise("The distribution is what was fetched", "changed files, another commit, no record")]
    public async Task I_am_told_that_the_tree_in_the_cache_is_not_what_was_fetched(string damage, string says)
    {
        var repository = await RepositoryAsync();
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = "v2.31.0" };
        var fetched = await Fetcher().FetchAsync(settings);
        if (damage == "changed file")
            File.AppendAllText(fetched.File("cluster.yml"), "# mine\n");
        else if (damage == "no record")
            File.Delete(fetched.File(".git/kubelab.json"));
        else
            (await commands.RunAsync(new CommandLine("git", "-c user.name=t -c user.email=t@example.invalid commit --quiet --allow-empty -m mine".Split(' ')) { WorkingDirectory = fetched.Directory })).EnsureSucceeded("git");

        var error = await Should.ThrowAsync<UserError>(() => Fetcher().FetchAsync(settings));

        error.Message.ShouldContain(says);
        error.Remedy!.ShouldContain("rm -r ");
    }

    [Fact]
    public async Task I_am_told_that_my_checkout_has_changes()
    {
        var repository = await RepositoryAsync();
        File.AppendAllText(Path.Combine(repository, "cluster.yml"), "# mine\n");
        var said = new StringWriter();

        var distribution = await new DistributionFetcher(commands, Consoles.Into(said), root.File("cache")).FetchAsync(new KubespraySettings { Path = repository });

        said.ToString().ReplaceLineEndings(" ").ShouldContain("not committed, and they will be used: cluster.yml");
        distribution.Commit.ShouldBeNull();
        distribution.Name.ShouldBe($"kubespray v2.31.0-dirty in {repository}");
    }

    [Fact]
    public async Task I_am_told_that_a_copy_has_lost_its_symbolic_links()
    {
        var repository = await RepositoryAsync();
        File.Delete(Path.Combine(repository, "library/kube.py"));
        File.WriteAllText(Path.Combine(repository, "library/kube.py"), "../plugins/kube.py");

        (await Should.ThrowAsync<UserError>(() => Fetcher().FetchAsync(new KubespraySettings { Path = repository })))
            .Message.ShouldContain("plain text now: library/kube.py");
    }

    [Fact]
    public async Task An_interrupted_fetch_leaves_nothing_that_looks_complete()
    {
        var repository = await RepositoryAsync();
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = "v2.31.0" };
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Fetcher().FetchAsync(settings, interruption.Token));

        Fetcher().CommitOf(settings).ShouldBeNull();
        (await Fetcher().FetchAsync(settings)).Commit.ShouldNotBeNull();
        Directory.GetFileSystemEntries(root.File("cache/kubespray")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task I_see_the_releases_of_a_remote_with_what_they_install()
    {
        var repository = await RepositoryAsync();
        KubesprayTree.Write(root, KubesprayRelease.All.Single(release => release.Tag == "v2.28.1"), "repository/");
        await GitAsync("add .");
        await GitAsync("-c user.name=test -c user.email=test@example.invalid commit --quiet -m second");
        await GitAsync("tag v2.28.1");
        await GitAsync("tag v2.9.0");
        await GitAsync("-c user.name=test -c user.email=test@example.invalid tag -a -m annotated v2.30.0");
        var versions = new OfferedVersions(commands, Consoles.Silent(), root.File("cache"));

        var offered = await versions.ListAsync($"file://{repository}");

        offered.Select(each => each.Tag).ShouldBe(["v2.31.0", "v2.30.0", "v2.28.1"]);
        offered[2].ShouldBe(new OfferedVersion("v2.28.1", await GitAsync("rev-parse HEAD"), "1.32.8", "1.30.0", "2.16.4 - <2.17.0"));
        offered[1].ShouldBe(offered[2] with { Tag = "v2.30.0" });
        (offered[0].Kubernetes, offered[0].Ansible).ShouldBe((null, null));
        (await versions.ListAsync($"file://{repository}")).ShouldBe(offered);
    }

    [Fact]
    [Promise("The distribution is what was fetched", "a tag that moves")]
    public async Task I_am_told_that_a_tag_has_moved_since_it_was_fetched()
    {
        // Arrange
        var repository = await RepositoryAsync();
        var settings = new KubespraySettings { Url = $"file://{repository}", Version = "v2.31.0" };
        using var said = new StringWriter();
        var fetcher = new DistributionFetcher(commands, Consoles.Into(said), root.File("cache"));
        var first = await fetcher.FetchAsync(settings);
        await GitAsync("-c user.name=test -c user.email=test@example.invalid commit --quiet --allow-empty -m another");
        await GitAsync("tag --force v2.31.0");

        // Act
        using var table = new StringWriter();
        new VersionsTable(Consoles.Into(table), fetcher).Show([new OfferedVersion("v2.31.0", await GitAsync("rev-parse HEAD"), null, null, null)], settings);
        var cached = await fetcher.FetchAsync(settings);
        Directory.Delete(first.Directory, recursive: true);
        var second = await fetcher.FetchAsync(settings);

        // Assert
        table.ToString().ShouldContain($"moved since it was fetched at {first.Commit![..10]}");
        cached.Commit.ShouldBe(first.Commit);
        second.Commit.ShouldBe(await GitAsync("rev-parse HEAD"));
        var words = said.ToString().ReplaceLineEndings(" ");
        words.ShouldContain("The tag v2.31.0 has moved");
        words.ShouldContain($"--kubespray-version {first.Commit}");
    }

    [Fact]
    [Promise("The distribution is what was fetched", "hooks, templates, fsmonitor and submodules")]
    public async Task Neither_hooks_nor_other_programs_that_git_is_told_of_are_run_and_no_submodule_is_fetched()
    {
        // Arrange
        var repository = await RepositoryAsync();
        root.Write("repository/.gitmodules", $"[submodule \"sub\"]\n\tpath = sub\n\turl = file://{repository}\n");
        await GitAsync("add .gitmodules");
        await GitAsync($"update-index --add --cacheinfo 160000,{await GitAsync("rev-parse HEAD")},sub");
        await GitAsync("-c user.name=test -c user.email=test@example.invalid commit --quiet -m sub");
        await GitAsync("tag v2.32.0");
        var ran = root.File("ran");
        foreach (var hook in new[] { "templates/hooks/post-checkout", "templates/hooks/reference-transaction", "fsmonitor", "hooks/post-checkout", "hooks/post-index-change" })
            File.SetUnixFileMode(root.Write(hook, $"#!/bin/sh\ntouch '{ran}'\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var home = root.Write("home/.gitconfig", $"""
            [core]
              hooksPath = "{root.File("hooks")}"
              fsmonitor = "{root.File("fsmonitor")}"
            [init]
              templateDir = "{root.File("templates")}"
            [submodule]
              recurse = true
            [protocol "file"]
              allow = always
            """);
        KubeLabProgram.Prepare(root, "- hosts: all\n");
        var command = KubeLabProgram.Command(
            root.Path, new Dictionary<string, string?> { ["HOME"] = Path.GetDirectoryName(home), ["KUBELAB_CACHE"] = root.File("cache") },
            "FetchDistribution", "--inventory", "mine", "--kubespray-url", $"file://{repository}", "--kubespray-version", "v2.32.0");

        // Act
        var run = await commands.RunAsync(command);
        var again = await commands.RunAsync(command);

        // Assert
        run.ExitCode.ShouldBe(0, run.StandardOutput);
        again.ExitCode.ShouldBe(0, again.StandardOutput);
        File.Exists(ran).ShouldBeFalse();
        var tree = Directory.GetDirectories(root.File("cache/kubespray")).ShouldHaveSingleItem();
        Directory.EnumerateFileSystemEntries(Path.Combine(tree, "sub")).ShouldBeEmpty();
        Directory.Exists(Path.Combine(tree, ".git/hooks")).ShouldBeFalse();
    }

    [Fact]
    public async Task I_am_told_that_a_remote_cannot_be_asked()
    {
        Programs.Require("git");

        (await Should.ThrowAsync<UserError>(() => new OfferedVersions(commands, Consoles.Silent(), root.File("cache")).ListAsync($"file://{root.File("nowhere")}")))
            .Remedy!.ShouldContain("--kubespray-url");
    }

    public void Dispose() => root.Dispose();

    private async Task<string> GitAsync(string arguments) => (await commands.RunAsync(
        new CommandLine("git", arguments.Split(' ')) { WorkingDirectory = root.File("repository") })).EnsureSucceeded("git").StandardOutput.Trim();

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
            "init --quiet --initial-branch=trunk", "add .", "-c user.name=test -c user.email=test@example.invalid commit --quiet -m first", "tag v2.31.0",
        })
        {
            var git = new CommandLine("git", arguments.Split(' ')) { WorkingDirectory = root.File("repository") };
            (await commands.RunAsync(git)).EnsureSucceeded("git");
        }

        return root.File("repository");
    }
}
