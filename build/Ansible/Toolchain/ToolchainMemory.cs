using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>Remembers which Ansible was found or installed for a distribution's requirements, so that nothing to do costs no
/// process. It forgets as soon as a requirements file, the window or the program itself has changed.</summary>
internal sealed class ToolchainMemory(string cacheDirectory, Distribution distribution, string? ansibleVersion)
{
    private sealed record Entry(AnsibleToolchain Toolchain, long ProgramTicks);

    private string FilePath => Path.Combine(cacheDirectory, "toolchains", $"{Key()}.json");

    /// <summary>What was remembered, as long as it still holds.</summary>
    public AnsibleToolchain? Recall() => RecordJson.Recall<Entry>(FilePath) is { Toolchain: var known } entry
        && Ticks(known.Directory) == entry.ProgramTicks
        && (known.GalaxyDirectory is null || Directory.Exists(known.GalaxyDirectory))
            ? known
            : null;

    public void Remember(AnsibleToolchain toolchain) =>
        Aside.Write(FilePath, RecordJson.Write(new Entry(toolchain, Ticks(toolchain.Directory))));

    private static long Ticks(string directory)
    {
        var program = new FileInfo(Path.Combine(directory, AnsibleFinder.Playbook));
        return program.Exists ? program.LastWriteTimeUtc.Ticks : -1;
    }

    private string Key()
    {
        var requirements = distribution.Requirements;
        var text = new StringBuilder().Append(distribution.AnsibleWindow).Append('\n').Append(ansibleVersion).Append('\n')
            .Append(Environment.GetEnvironmentVariable("PATH")).Append('\n');
        foreach (var file in new[] { requirements.PythonFile(ansibleVersion), requirements.GalaxyFile(ansibleVersion) })
            text.Append(file is null ? "none" : File.ReadAllText(file)).Append('\n');
        foreach (var (collection, range) in distribution.Collections.OrderBy(each => each.Key, StringComparer.Ordinal))
            text.Append(collection).Append(range).Append('\n');
        return CacheKey.Of(text.ToString());
    }
}
