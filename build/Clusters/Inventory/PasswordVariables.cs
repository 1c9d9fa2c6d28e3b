namespace KubeLab.Clusters;

/// <summary>The variables by which an inventory gives a login's password, which Ansible needs a program more for.</summary>
public static partial class PasswordVariables
{
    /// <summary>The first place in a cluster's inventories and variables where one is set, as far as files are plain text: what
    /// a script answers or a whole vaulted file holds is not looked at.</summary>
    /// <returns>File and line, or null for none.</returns>
    public static string? FirstIn(Cluster cluster) => Files(cluster).Select(file => FirstIn(file, cluster.Directory))
        .FirstOrDefault(place => place is not null);

    private static IEnumerable<string> Files(Cluster cluster) => cluster.Inventories
        .Concat(cluster.Inventories.Select(each => Path.GetDirectoryName(each)!).Distinct()
            .SelectMany(folder => new[] { Path.Combine(folder, "group_vars"), Path.Combine(folder, "host_vars") }))
        .SelectMany(each => Directory.Exists(each)
            ? Directory.EnumerateFiles(each, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            : File.Exists(each) ? [each] : Enumerable.Empty<string>());

    private static string? FirstIn(string file, string root)
    {
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            if (Variable().IsMatch(line))
                return $"{ShownPath.Of(root, file)}:{index + 1}";
        }

        return null;
    }

    // Those of the connection plugin ssh (its documentation, "password"), set and not mentioned in a comment.
    [GeneratedRegex(@"^[^#;]*\bansible_(ssh_)?pass(word)?[""']?\s*[=:]",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Variable();
}
