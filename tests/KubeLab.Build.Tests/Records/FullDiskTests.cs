using KubeLab.Ansible;
using KubeLab.Records;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Records;

/// <summary>KubeLab itself where a disk is full or may not be written: it never says that all went well where it did not.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public sealed class FullDiskTests : IDisposable
{
    private const int Combinations = 15;
    private static readonly string[] Places = ["artifacts", "cache", "home", "."];
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    // The record of those in the middle becomes full while the playbook goes on; where it can't be begun, no playbook is.
    [Theory]
    [InlineData("artifacts", "size=4k", false)]
    [InlineData("artifacts", "size=48k", false)]
    [InlineData("artifacts", "size=160k", true)]
    [InlineData("artifacts", "size=8m,nr_inodes=4", false)]
    [InlineData("tmp", "size=4k", true)]
    [InlineData("tmp", "size=8m,nr_inodes=2", true)]
    [InlineData("home", "size=4k", true)]
    [Promise("A full disk is no success, and the record says so", "the record, the temporary folder and the home folder full, of bytes or of files, at once and in the middle")]
    public async Task On_a_full_disk_nothing_is_said_to_have_worked_that_did_not(string place, string left, bool isRecorded)
    {
        Programs.Require(AnsibleFinder.Playbook);
        await RequireAsync();
        KubeLabProgram.Prepare(directory, """
            - hosts: all
              gather_facts: false
              become: false
              tasks:
                - ansible.builtin.debug:
                    msg: "{{ 'x' * 400000 }}"
                - ansible.builtin.command: echo done
            """);

        var run = await RunAsync(
            $"mount -t tmpfs -o {left},mode=755 kubelab-test \"{(place == "tmp" ? "/tmp/full" : $"$1/{place}")}\"",
            place == "tmp" ? new() { ["TMPDIR"] = "/tmp/full" } : [],
            "InstallCluster", "--skip", "--inventory", "mine", "--kubespray-path", directory.File("distribution"), "--extra-vars", $"{{\"filler\": \"{new string('y', 8000)}\"}}");

        run.StandardOutput.ShouldNotContain("   at ", Case.Sensitive, run.StandardOutput);
        if (run.ExitCode != 0)
            Words(run).ShouldContain("No space left on device", Case.Sensitive, run.StandardOutput);
        else
            place.ShouldBe("home");
        // The record tells the same as the process, where one could be begun.
        if (isRecorded)
            ShouldBeSealed(run, run.ExitCode == 0 ? "" : "No space left on device|disk is full");
        else
            run.StandardOutput.ShouldNotContain("PLAY RECAP");
    }

    [Theory]
    [InlineData("size=4k")]
    [InlineData("size=120k")]
    [InlineData("size=8m,nr_inodes=20")]
    [Promise("A full disk is no success, and the record says so", "the cache full, of bytes or of files, at once and in the middle of a clone")]
    public async Task A_cache_on_a_full_disk_holds_nothing_that_looks_whole(string left)
    {
        await RequireAsync();
        Programs.Require("git");
        KubeLabProgram.Prepare(directory, "- hosts: all\n");
        directory.Write("repository/cluster.yml", "- hosts: all\n");
        directory.Write("repository/large", Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(200_000)));
        foreach (var arguments in new[] { "init --quiet", "add .", "-c user.name=t -c user.email=t@example.invalid commit --quiet -m first", "tag v2.31.0" })
            (await new CommandRunner().RunAsync(new CommandLine("git", arguments.Split(' ')) { WorkingDirectory = directory.File("repository") })).EnsureSucceeded("git");

        var run = await RunAsync(
            $"mount -t tmpfs -o {left},mode=755 kubelab-test \"$1/cache\"", [],
            "FetchDistribution", "--inventory", "mine", "--kubespray-url", $"file://{directory.File("repository")}", "--kubespray-version", "v2.31.0");

        run.ExitCode.ShouldNotBe(0);
        run.StandardOutput.ShouldNotContain("   at ");
        Words(run).ShouldContain("Fetching Kubespray v2.31.0 from", Case.Sensitive, run.StandardOutput);
        run.StandardOutput.ShouldContain("CACHED 0");
        ShouldBeSealed(run, "No space left on device");
    }

    [Fact]
    [Promise("A folder that may only be read is said in one sentence", "artifacts, cache, home and checkout, in all combinations", Tries = Combinations)]
    public async Task What_may_only_be_read_is_said_in_one_sentence_in_all_15_combinations()
    {
        await RequireAsync();
        KubeLabProgram.Prepare(directory, "- hosts: all\n");
        var combinations = Enumerable.Range(1, Combinations).Select(bits => Places.Where((_, at) => (bits & (1 << at)) != 0).ToList()).ToList();

        var runs = new List<(List<string> Locked, CommandResult Run)>();
        foreach (var three in combinations.Chunk(3))
        {
            runs.AddRange(await Task.WhenAll(three.Select(async locked => (locked, await RunAsync(
                string.Join('\n', locked.Select(place => $"mount --bind \"$1/{place}\" \"$1/{place}\"; mount -o remount,bind,ro \"$1/{place}\"")), [],
                "FetchDistribution", "--inventory", "mine", "--kubespray-path", directory.File("distribution"))))));
        }

        foreach (var (locked, run) in runs)
        {
            var combination = string.Join(" and ", locked);
            run.StandardOutput.ShouldNotContain("   at ", Case.Sensitive, combination);
            run.StandardError.ShouldNotContain("   at ", Case.Sensitive, combination);
            if (locked.Contains("artifacts") && !locked.Contains("."))
                Words(run).ShouldContain($"Nothing can be written to {directory.File("artifacts")}", Case.Sensitive, $"{combination}: {run.StandardOutput}");
            else if (locked.Contains("."))
                Words(run).ShouldContain("Read-only file system", Case.Sensitive, $"{combination}: {run.StandardOutput}");
            (run.ExitCode == 0).ShouldBe(!locked.Contains("artifacts") && !locked.Contains("."), $"{combination}: {run.StandardOutput}");
        }

        runs.Count.ShouldBe(Combinations);
    }

    private static void ShouldBeSealed(CommandResult run, string reason)
    {
        var record = run.StandardOutput.Split('\n').FirstOrDefault(line => line.StartsWith("RECORD", StringComparison.Ordinal)).ShouldNotBeNull(run.StandardOutput);
        record.ShouldContain($"\"exitCode\": {run.ExitCode}");
        record.ShouldMatch(reason);
    }

    private static string Words(CommandResult run) => string.Join(' ', run.StandardOutput.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // In a namespace of its own; afterwards it tells how the record was sealed, and what the cache holds.
    private Task<CommandResult> RunAsync(string mounts, Dictionary<string, string?> environment, params string[] arguments)
    {
        foreach (var place in Places)
            Directory.CreateDirectory(directory.File(place));
        var command = KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?>(environment) { ["HOME"] = directory.File("home"), ["KUBELAB_CACHE"] = directory.File("cache"), ["NO_COLOR"] = "1" }, arguments);
        var script = $$"""
            mkdir -p /tmp/full
            {{mounts}}
            root=$1
            shift
            "$@"
            code=$?
            for file in "$root"/artifacts/mine/runs/*/run.json; do
              [ ! -f "$file" ] || echo "RECORD $(tr -d '\n' < "$file")"
            done
            echo "CACHED $(find "$root/cache/kubespray" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)"
            exit $code
            """;
        return new CommandRunner().RunAsync(PrivateMachine.Within(
            directory, command with { Program = "sh", Arguments = ["-c", script, "sh", directory.Path, command.Program, .. command.Arguments] }));
    }

    private static async Task RequireAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "file systems are mounted, which root alone may");
        await PrivateMachine.RequireAsync();
    }
}
