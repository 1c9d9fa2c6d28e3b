using KubeLab.Clusters;

namespace KubeLab.Ssh;

/// <summary>Runs one command on one node, in one round trip.</summary>
public interface INodeShell
{
    /// <summary>Runs a command on a node. A connection that fails is a result, not an exception.</summary>
    /// <param name="node">The node.</param>
    /// <param name="command">What runs there.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    Task<NodeResult> RunAsync(Node node, NodeCommand command, CancellationToken cancellationToken = default);

    /// <summary>The words for the jump host that a node is reached through by configuration outside the inventory; null for none.</summary>
    Task<string?> JumpHostAsync(Node node, CancellationToken cancellationToken = default) => Task.FromResult<string?>(null);
}
