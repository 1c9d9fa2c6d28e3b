using KubeLab.Distributions;

namespace KubeLab.Runs;

/// <summary>Hashes of what a deployment reads, each under the name that a person knows it by.</summary>
public static class Fingerprint
{
    /// <summary>Everything that the targets of a deployment read.</summary>
    public static IReadOnlyDictionary<string, string> Of(
        Cluster cluster, Distribution distribution, string ansible, string kubeLab, string? extraVariables = null) =>
        new Dictionary<string, string>()
        {
            ["the inventory"] = OfFiles(
                [.. cluster.Inventories.SelectMany(each => Directory.Exists(each) ? Tree(each) : [each])]),
            ["group_vars and host_vars"] = OfFiles([.. Files(cluster, "group_vars"), .. Files(cluster, "host_vars")]),
            ["kubelab.yml"] = OfFiles([Path.Combine(cluster.Directory, SettingsFile.Name)]),
            // What the checks are told changes nothing of what is installed.
            ["the settings"] = CacheKey.Of((cluster.Settings with { Preflight = new(), Smoke = new() }).ToString()),
            ["the distribution"] = distribution.Commit is null
                ? OfFiles(Tree(distribution.Directory))
                : CacheKey.Of($"{distribution.Directory}\n{distribution.Commit}"),
            ["Ansible"] = CacheKey.Of(ansible),
            ["the extra variables"] = CacheKey.Of(extraVariables ?? ""),
            ["KubeLab"] = CacheKey.Of(kubeLab),
        };

    private static IEnumerable<string> Files(Cluster cluster, string folder) => Tree(Path.Combine(cluster.Directory, folder));

    private static IReadOnlyList<string> Tree(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    private static string OfFiles(IReadOnlyList<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files.Where(File.Exists))
        {
            // Wherever it was reached through.
            hash.AppendData(Encoding.UTF8.GetBytes(RealPath.Of(file)));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return CacheKey.Of(hash.GetCurrentHash());
    }
}
