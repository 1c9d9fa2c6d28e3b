namespace KubeLab.Distributions;

/// <summary>What was fetched into the cache: it is written before the tree moves into place, so a tree without one is not whole.</summary>
/// <param name="Version">The tag, branch or commit that was asked for.</param>
/// <param name="Url">Where it was fetched from, without credentials.</param>
internal sealed record FetchRecord(string Version, string Url, string Commit, DateTimeOffset FetchedAt)
{
    // Inside .git, so that git does not take it for a change of the tree.
    private static string FileIn(string directory) => Path.Combine(directory, ".git", "kubelab.json");

    /// <summary>Reads the record of a tree in the cache.</summary>
    /// <returns>The record, or null where there is none that can be read.</returns>
    public static FetchRecord? Read(string directory) => RecordJson.Recall<FetchRecord>(FileIn(directory));

    /// <summary>Writes the record into a tree.</summary>
    public void Write(string directory) => File.WriteAllText(FileIn(directory), RecordJson.Write(this));
}
