using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>
/// Remembers which Ansible was found or installed for a distribution's requirements, so that nothing to do costs no process.
/// It forgets as soon as a requirements file, the window or the program itself has changed.
/// </summary>
internal sealed class ToolchainMemory(string cacheDirectory, Distribution distribution, string? ansibleVersion)
{
    private sealed record Entry(string Directory, string Version, string Origin, string? GalaxyDirectory, long ProgramTicks, string? Python);

    private string FilePath => Path.Combine(cacheDirectory, "toolchains", $"{Key()}.json");

    /// <summary>What was remembered, as long as it still holds.</summary>
    public AnsibleToolchain? Recall()
    {
        try
        {
            return RecordJson.Recall<Entry>(FilePath) is { Python: { } python } entry
                && Ticks(entry.Directory) == entry.ProgramTicks
                && (entry.GalaxyDirectory is null || Directory.Exists(entry.GalaxyDirectory))
                    ? new AnsibleToolchain(entry.Directory, Version.Parse(entry.Version), entry.Origin, entry.GalaxyDirectory) { PythonVersion = python.Length > 0 ? Version.Parse(python) : null }
                    : null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Remembers a toolchain for the next run.</summary>
    public void Remember(AnsibleToolchain toolchain)
    {
        var entry = new Entry(
            toolchain.Directory, toolchain.Version.ToString(), toolchain.Origin, toolchain.GalaxyDirectory, Ticks(toolchain.Directory),
            toolchain.PythonVersion?.ToString() ?? "");
        Aside.Write(FilePath, RecordJson.Write(entry));
    }

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
