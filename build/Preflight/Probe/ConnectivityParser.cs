namespace KubeLab.Preflight;

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
