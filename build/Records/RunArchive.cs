namespace KubeLab.Records;

/// <summary>The records of a cluster's runs.</summary>
public sealed class RunArchive(Cluster cluster)
{
    /// <summary>The records' folders, absolute, the latest first.</summary>
    public IReadOnlyList<string> Directories() => Directory.Exists(cluster.RunsDirectory)
        ? [.. Directory.EnumerateDirectories(cluster.RunsDirectory).OrderDescending(StringComparer.Ordinal)]
        : [];

    /// <summary>The records of all clusters that have left some here, whether their inventories are here or not: the name of the
    /// folder in <paramref name="artifacts"/>, and the record's; the latest first.</summary>
    public static IReadOnlyList<(string Artifacts, string Directory)> All(string artifacts) => Directory.Exists(artifacts)
        ? [.. Directory.EnumerateDirectories(artifacts)
            .Select(cluster => (Name: Path.GetFileName(cluster), Runs: Path.Combine(cluster, "runs")))
            .Where(cluster => Directory.Exists(cluster.Runs))
            .SelectMany(cluster => Directory.EnumerateDirectories(cluster.Runs).Select(run => (cluster.Name, run)))
            .OrderByDescending(each => Path.GetFileName(each.run), StringComparer.Ordinal)
            .ThenBy(each => each.Name, StringComparer.Ordinal)]
        : [];

    /// <summary>Finds a record.</summary>
    /// <param name="name">Its folder's name or its beginning, a path to it, or null for the latest.</param>
    /// <exception cref="UserError">There is no such record, or several; the error lists those there are.</exception>
    public string Find(string? name)
    {
        var all = Directories();
        if (name is not null && name.Contains('/') && Directory.Exists(name))
            return Path.GetFullPath(name);
        var names = all.Select(each => Path.GetFileName(each)!).ToList();
        var found = name is null ? all.Take(1).ToList() : names.Contains(name)
            ? [all[names.IndexOf(name)]]
            : [.. all.Where(each => Path.GetFileName(each).StartsWith(name, StringComparison.Ordinal))];
        if (found.Count == 1)
            return found[0];
        if (all.Count == 0)
            throw new UserError(
                $"No run on the cluster {cluster.Name} has left a record in {cluster.RunsDirectory}.",
                $"./build.sh Deploy --inventory {cluster.Name} leaves one.");
        var (many, hint) = found.Count == 0 ? ("No run", NearestName.Hint(name!, names)) : ("More than one run", "");
        throw new UserError(
            $"{many} of the cluster {cluster.Name} has a name that begins with {name}.{hint}",
            $"There are: {string.Join(", ", names)}. ./build.sh Runs shows them.");
    }
}
