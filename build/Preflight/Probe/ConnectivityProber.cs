using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>Lets nodes find out whom they reach: all at once, as each listens while the others try.</summary>
internal sealed class ConnectivityProber(INodeShell shell)
{
    /// <summary>Runs the plans. After a cancellation, what runs on the nodes ends by itself.</summary>
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
        var marker = ProbeScript.NewMarker();
        var result = await shell.RunAsync(
            node, ConnectivityScript.For(plan, NodeProber.PythonInterpreter(node), marker), cancellationToken);
        var reach = ConnectivityParser.Parse(result.Output, marker);
        return result.Failure is { } failure ? reach with { Failure = failure.Message } : reach;
    }
}

/// <summary>Reads what <c>reach.py</c> says, however damaged.</summary>
public static class ConnectivityParser
{
    /// <summary>Reads the output of a node.</summary>
    /// <returns>The result; with a failure where not one line came.</returns>
    public static ConnectivityResult Parse(string output, string marker)
    {
        var listening = new HashSet<int>();
        var outcomes = new Dictionary<ConnectivityTarget, string>();
        var lines = output.Split('\n').Where(line => line.StartsWith(marker, StringComparison.Ordinal)).ToList();
        foreach (var line in lines)
        {
            var words = line[marker.Length..].Trim().Split(' ', 4);
            if (words is ["listen", var held, "open" or "held"] && Port(held) is { } own)
                listening.Add(own);
            else if (words is ["reach", var host, var number, var outcome] && Port(number) is { } port)
                outcomes[new ConnectivityTarget(host, port)] = outcome;
        }

        return new ConnectivityResult(listening, outcomes, lines.Count == 0 ? "it has no Python 3 that could try" : null);
    }

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, null, out var port) && port is > 0 and <= ushort.MaxValue ? port : null;
}

/// <summary>What one node does for the port matrix.</summary>
/// <param name="Listen">The ports that it listens on for a while, unless somebody does already.</param>
public sealed record ConnectivityPlan(IReadOnlyList<int> Listen, IReadOnlyList<ConnectivityTarget> Targets);

/// <summary>A TCP port that a node is to connect to.</summary>
public sealed record ConnectivityTarget(string Host, int Port);

/// <summary>What one node found out about whom it reaches.</summary>
/// <param name="Listening">The ports on which something listened meanwhile: itself, or what has the port already.</param>
/// <param name="Outcomes">How each attempt ended: <c>open</c>, <c>timed out</c>, <c>refused</c>, or what the system said.</param>
/// <param name="Failure">Why nothing could be found out; null where it could.</param>
public sealed record ConnectivityResult(
    IReadOnlySet<int> Listening, IReadOnlyDictionary<ConnectivityTarget, string> Outcomes, string? Failure)
{
    /// <summary>The outcome of an attempt that succeeded.</summary>
    public static string Open => "open";
}
