using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Where etcd's data lie.</summary>
internal static class EtcdFolder
{
    private const string Usual = "/var/lib/etcd";

    /// <summary>The variable that says it.</summary>
    public static string Variable => "etcd_data_dir";

    /// <summary>The folder on a node, and where it is set; null for nowhere.</summary>
    public static (string Folder, FindingSource? Source) Of(Node node, ClusterVariables variables) =>
        variables.Of(node, Variable) is { Unresolved: null, Text: ['/', ..] } set ? (set.Text, set.Source) : (Usual, null);
}
