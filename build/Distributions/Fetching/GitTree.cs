namespace KubeLab.Distributions;

/// <summary>What git says of a tree.</summary>
/// <param name="Commit">The commit checked out; null where the folder is no git tree of its own, or git can't tell.</param>
/// <param name="Changed">The files that differ from it, relative to the tree.</param>
/// <param name="Problem">Why git can't tell, where the folder is a git tree; null where it can.</param>
internal sealed record GitTree(string? Commit, IReadOnlyList<string> Changed, string? Problem)
{
    private static readonly GitTree None = new(null, [], null);

    /// <summary>The changed files as a person reads them, a few by name.</summary>
    public string Changes =>
        Changed.Count <= 3 ? string.Join(", ", Changed) : $"{string.Join(", ", Changed.Take(3))} and {Changed.Count - 3} more";

    public static async Task<GitTree> ReadAsync(
        CommandRunner commands, string directory, CancellationToken cancellationToken = default)
    {
        // A folder inside of another repository is no tree of its own: git would tell of that one. A worktree has a file here.
        if (!Path.Exists(Path.Combine(directory, ".git")))
            return None;
        try
        {
            var status = Git.In(directory, "status", "--porcelain=v2", "--branch", "--untracked-files=no");
            var result = await commands.RunAsync(status, cancellationToken: cancellationToken);
            return result.Succeeded
                ? Parse(result.StandardOutput)
                : None with { Problem = result.StandardError.Trim().Split('\n')[0] };
        }
        catch (UserError error)
        {
            // No git here: the tree is used as it is.
            return None with { Problem = error.Problem };
        }
    }

    /// <summary>
    /// The version of a tree as <c>git describe</c> says it: <c>v2.31.0</c>, <c>v2.31.0-5-g46dbdd3-dirty</c>, or the commit alone
    /// in a clone without tags; null where git can't tell.
    /// </summary>
    public static async Task<string?> DescribeAsync(
        CommandRunner commands, string directory, CancellationToken cancellationToken = default)
    {
        var result = await commands.RunAsync(
            Git.In(directory, "describe", "--tags", "--always", "--dirty"), cancellationToken: cancellationToken);
        return result.Succeeded && result.StandardOutput.Trim() is { Length: > 0 } version ? version : null;
    }

    /// <summary>Reads what <c>git status --porcelain=v2 --branch</c> prints.</summary>
    public static GitTree Parse(string status)
    {
        const string commit = "# branch.oid ";
        var lines = status.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var head = lines.FirstOrDefault(line => line.StartsWith(commit, StringComparison.Ordinal))?[commit.Length..].Trim();
        // git-status(1): a changed entry has eight fields before its path, a renamed one nine, an unmerged one ten.
        var changed = lines.Where(line => line[0] is '1' or '2' or 'u')
            .Select(line => line.Split(' ', line[0] switch { '1' => 9, '2' => 10, _ => 11 })[^1].Split('\t')[0]);
        return new GitTree(head is null or "(initial)" ? null : head, [.. changed], null);
    }
}

/// <summary>Commands of git that never ask for a password on the terminal.</summary>
internal static class Git
{
    // Programs that a tree's or a user's configuration names are not run, nor is what the tree refers to fetched.
    private static readonly string[] Guards = [
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "submodule.recurse=false",
        "-c", "fetch.recurseSubmodules=false", "-c", "protocol.ext.allow=never",
    ];

    /// <summary>A command as KubeLab runs it.</summary>
    public static CommandLine In(string directory, params IReadOnlyList<string> arguments) =>
        Pasteable(directory, [.. Guards, .. arguments]);

    /// <summary>A command as people see it.</summary>
    public static CommandLine Pasteable(string directory, params IReadOnlyList<string> arguments) => new("git", arguments)
    {
        WorkingDirectory = directory,
        Environment = new Dictionary<string, string?>() { ["GIT_TERMINAL_PROMPT"] = "0" },
    };

    /// <summary>An address as it may be shown: without a user and password.</summary>
    public static string Shown(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 ? url.Replace($"{uri.UserInfo}@", "") : url;
}

/// <summary>What was fetched into the cache, written before the tree moves into place: one without it is not whole.</summary>
/// <param name="Url">Where it was fetched from, without credentials.</param>
internal sealed record FetchRecord(string Version, string Url, string Commit, DateTimeOffset FetchedAt)
{
    // Inside .git, so that git does not take it for a change of the tree.
    private static string FileIn(string directory) => Path.Combine(directory, ".git", "kubelab.json");

    /// <summary>The record of a tree in the cache; null where there is none that can be read.</summary>
    public static FetchRecord? Read(string directory) => RecordJson.Recall<FetchRecord>(FileIn(directory));

    // Outside of the tree, which may be removed and fetched again.
    private static string FileBeside(string directory) => Path.Combine(
        Path.GetDirectoryName(Path.GetDirectoryName(directory))!, "kubespray-fetched", $"{Path.GetFileName(directory)}.json");

    /// <summary>The record of a tree that was in the cache once; null where there was none.</summary>
    public static FetchRecord? ReadLast(string directory) => RecordJson.Recall<FetchRecord>(FileBeside(directory));

    public void Remember(string directory) => Aside.Write(FileBeside(directory), RecordJson.Write(this));

    public void Write(string directory) => File.WriteAllText(FileIn(directory), RecordJson.Write(this));
}
