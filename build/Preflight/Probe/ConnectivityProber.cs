using KubeLab.Clusters;
using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>Lets nodes find out whom they reach: all at once, as each listens while the others try.</summary>
internal sealed class ConnectivityProber(INodeShell shell)
{
    /// <summary>Runs the plans.</summary>
    /// <param name="cancellationToken">Ends it; what runs on the nodes ends by itself.</param>
    /// <returns>What each node found out, by its name.</returns>
    public async Task<IReadOnlyDictionary<string, ConnectivityResult>> ProbeAsync(
        IReadOnlyDictionary<Node, ConnectivityPlan> plans, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(
            plans.Select(async pair => (pair.Key.Name, Result: await ProbeAsync(pair.Key, pair.Value, cancellationToken))));
        return results.ToDictionary(each => each.Name, each => each.Result);
    }

    private async Task<ConnectivityResult> ProbeAsync(Node node, ConnectivityPlan plan, CancellationToken cancellationToken)
    {
        var marker = ConnectivityScript.Marker();
        var result = await shell.RunAsync(node, ConnectivityScript.For(plan, NodeProber.PythonInterpreter(node), marker), cancellationToken);
        var reach = ConnectivityParser.Parse(result.Output, marker);
        return result.Failure is { } failure ? reach with { Failure = failure.Message } : reach;
    }
}
