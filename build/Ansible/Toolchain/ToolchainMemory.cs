using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>Remembers which Ansible was found or installed for a distribution's requirements and what was proven of it, so that
/// nothing to do costs no process. It forgets as soon as anything has changed that the proof was about: the tree, the
/// requirements, the lock, the window, the environment, or any file or folder that the proof found.</summary>
internal sealed class ToolchainMemory(string cacheDirectory, Distribution distribution, Cluster cluster)
{
    // What Ansible, Python and the search for programs go by.
    private static readonly string[] Variables = ["PATH", "LANG", "LC_ALL", "LC_CTYPE", "HOME", "VIRTUAL_ENV"];
    private static readonly string[] Prefixes = ["ANSIBLE_", "PYTHON"];

    private sealed record Entry(InstalledAnsible Installed, IReadOnlyDictionary<string, long> Ticks);

    private string FilePath => Path.Combine(cacheDirectory, "toolchains", $"{Key()}.json");

    /// <summary>What was remembered, as long as it still holds.</summary>
    public InstalledAnsible? Recall() => RecordJson.Recall<Entry>(FilePath) is { } entry
        && entry.Ticks.All(each => TicksOf(each.Key) == each.Value) ? entry.Installed : null;

    /// <summary>Remembers it, where the cache can be written to.</summary>
    public void Remember(InstalledAnsible installed)
    {
        try
        {
            var ticks = Watched(installed).Distinct().ToDictionary(path => path, TicksOf);
            Aside.Write(FilePath, RecordJson.Write(new Entry(installed, ticks)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is proven again next time.
        }
    }

    private static IEnumerable<string> Watched(InstalledAnsible installed)
    {
        yield return Path.Combine(installed.Toolchain.Directory, AnsibleFinder.Playbook);
        if (installed.Toolchain.GalaxyDirectory is { } galaxy)
            yield return galaxy;
        foreach (var path in installed.Proof.Rows.Select(row => row.Where).OfType<string>().Where(Path.IsPathRooted))
        {
            yield return path;
            // A package that goes, or is replaced, changes the folder that it lies in.
            yield return Path.GetDirectoryName(path) ?? path;
        }
    }

    private static long TicksOf(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path).Ticks
        : Directory.Exists(path) ? Directory.GetLastWriteTimeUtc(path).Ticks : -1;

    private string Key()
    {
        var settings = cluster.Settings.Ansible;
        var requirements = distribution.Requirements;
        var text = new StringBuilder().Append(distribution.AnsibleWindow).Append('\n').Append(settings.Version).Append('\n')
            .Append(settings.Environment).Append('\n').Append(PasswordVariables.FirstIn(cluster)).Append('\n')
            .Append(typeof(ToolchainMemory).Assembly.ManifestModule.ModuleVersionId).Append('\n').Append(Tree()).Append('\n');
        foreach (var variable in Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(each => Variables.Contains($"{each.Key}") || Prefixes.Any($"{each.Key}".StartsWith))
            .OrderBy(each => $"{each.Key}", StringComparer.Ordinal))
            text.Append(variable.Key).Append('=').Append(variable.Value).Append('\n');
        if (requirements.PythonFile(settings.Version) is { } pins)
            text.Append(PythonRequirements.Read(pins).Text);
        foreach (var file in new[] { requirements.GalaxyFile(settings.Version), ToolchainLock.PathIn(cluster) })
            text.Append(file is null || !File.Exists(file) ? "none" : File.ReadAllText(file)).Append('\n');
        foreach (var (collection, range) in distribution.Collections.OrderBy(each => each.Key, StringComparer.Ordinal))
            text.Append(collection).Append(range).Append('\n');
        return CacheKey.Of(text.ToString());
    }

    // What is checked out of a release stays as it is; a checkout of one's own may change with every save.
    private string Tree()
    {
        if (distribution.Commit is not null)
            return $"{distribution.Directory} {distribution.Commit}";
        var files = new[] { "roles", "playbooks", "library", "plugins" }.Select(distribution.File).Where(Directory.Exists)
            .SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            .Concat(new DirectoryInfo(distribution.Directory).EnumerateFiles());
        return string.Join('\n', files.Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")
            .Order(StringComparer.Ordinal));
    }
}

/// <summary>An Ansible that was found or installed, and the proof of what it has.</summary>
/// <param name="ProvenAt">When that was proven.</param>
public sealed record InstalledAnsible(AnsibleToolchain Toolchain, ToolchainProof Proof, DateTimeOffset ProvenAt);
