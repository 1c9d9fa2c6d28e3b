using KubeLab.Ssh;

namespace KubeLab.Smoke;

/// <summary>The inventory's nodes, and the way to run scripts on them as the playbook's tasks' user.</summary>
public sealed class SmokeNodes(INodeShell shell, NodeBecome become, Inventory inventory)
{
    /// <summary>The inventory that they are of.</summary>
    public Inventory Inventory { get; } = inventory;

    /// <summary>Runs a POSIX shell script on a node.</summary>
    public Task<NodeResult> RunAsync(Node node, string script, TimeSpan limit, CancellationToken cancellationToken) =>
        shell.RunAsync(node, become.Script(node, script) with { Timeout = limit }, cancellationToken);
}
