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
    /// <returns>The result; with a failure where it did not come whole.</returns>
    public static ConnectivityResult Parse(string output, string marker)
    {
        var lines = output.Split('\n').Where(line => line.StartsWith(marker, StringComparison.Ordinal))
            .Select(line => line[marker.Length..].Trim().Split(' ', 4)).ToList();
        var said = lines.SkipLast(1).ToList();
        var isWhole = output.EndsWith('\n') && lines.Count > 0 && lines[^1] is ["end", var count] && count == $"{said.Count}"
            && said.Select(words => string.Join(' ', words.Take(Key(words)))).Distinct().Count() == said.Count;
        var failure = lines.Count == 0 ? "it has no Python 3 that could try" : isWhole ? null : "its answer did not come whole";
        // Of what did not come whole nothing is used: a port may be missing, or a way that is blocked.
        if (failure is not null)
            return ConnectivityResult.Failed(failure);
        return new ConnectivityResult(
            said.Select(words => words is ["listen", var held, "open" or "held"] ? Port(held) : null).OfType<int>().ToHashSet(),
            said.Select(words => words is ["reach", var host, var number, var outcome] && Port(number) is { } port
                ? (new ConnectivityTarget(host, port), outcome) : default)
                .Where(each => each.Item1 is not null).ToDictionary(each => each.Item1, each => each.outcome),
            null)
        {
            Ways = said.Select(words => words is ["way", var host, var seconds, var rest] ? (host, Way(seconds, rest)) : default)
                .Where(each => each.Item2 is not null).ToDictionary(each => each.host, each => each.Item2!),
            Wildcard = said.Select(words => words is ["name", ..] ? string.Join(' ', words[1..]) : null)
                .FirstOrDefault(name => name is not null),
        };
    }

    // What a line is about: a port, a target, a host; a second line of the same comes of a damaged answer.
    private static int Key(string[] words) => words[0] switch { "listen" or "way" => 2, "reach" => 3, _ => 1 };

    private static NetworkWay? Way(string seconds, string rest) =>
        seconds.Length == seconds.IndexOf('.') + 7
            && double.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var time) && time < 3600
        && rest.Split(' ') is [var lost, var all] && Count(lost) is { } few && Count(all) is > 0 and var many && few <= many
            ? new NetworkWay(TimeSpan.FromSeconds(time), few, many) : null;

    // int.TryParse takes "0443" and a NUL behind it for the same number.
    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, null, out var count) && $"{count}" == text ? count : null;

    private static int? Port(string text) => Count(text) is > 0 and <= ushort.MaxValue and var port ? port : null;
}

/// <summary>What one node does for the port matrix.</summary>
/// <param name="Listen">The ports that it listens on for a while, unless somebody does already.</param>
public sealed record ConnectivityPlan(IReadOnlyList<int> Listen, IReadOnlyList<ConnectivityTarget> Targets)
{
    /// <summary>The hosts to which the time of the way is measured.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];
}

/// <summary>A TCP port that a node is to connect to.</summary>
public sealed record ConnectivityTarget(string Host, int Port);

/// <summary>How long the way to another node and back takes, by a few connections.</summary>
/// <param name="Lost">How many of the connections lost a packet.</param>
public sealed record NetworkWay(TimeSpan RoundTrip, int Lost, int Tried);

/// <summary>What one node found out about whom it reaches.</summary>
/// <param name="Listening">The ports on which something listened meanwhile: itself, or what has the port already.</param>
/// <param name="Outcomes">How each attempt ended: <c>open</c>, <c>timed out</c>, <c>refused</c>, or what the system said.</param>
/// <param name="Failure">Why nothing could be found out; null where it could.</param>
public sealed record ConnectivityResult(
    IReadOnlySet<int> Listening, IReadOnlyDictionary<ConnectivityTarget, string> Outcomes, string? Failure)
{
    /// <summary>The outcome of an attempt that succeeded.</summary>
    public static string Open => "open";

    /// <summary>The ways to other nodes, by the address that they were reached at.</summary>
    public IReadOnlyDictionary<string, NetworkWay> Ways { get; init; } = new Dictionary<string, NetworkWay>();

    /// <summary>The address that a name has which nobody has; <c>none</c> as it should be; null where it wasn't looked
    /// up.</summary>
    public string? Wildcard { get; init; }

    /// <summary>A result of which nothing is known.</summary>
    public static ConnectivityResult Failed(string why) =>
        new(new HashSet<int>(), new Dictionary<ConnectivityTarget, string>(), why);
}
