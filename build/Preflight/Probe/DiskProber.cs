using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>Lets nodes measure how long their disk takes for what etcd writes. Only <c>--deep</c> does so, as it
/// writes.</summary>
internal sealed class DiskProber(INodeShell shell)
{
    // 22 MiB in writes of 2,300 bytes, each made sure of: IBM's measure for etcd's disks, which etcd.io's FAQ names too.
    private const int Size = 2300;
    private const int Count = 22 * 1024 * 1024 / Size;
    private const int Seconds = 10;

    private static readonly Lazy<string> Program = new(() => ProbeScript.Read("fsync.py"));

    /// <summary>Measures the disks of nodes, all at once.</summary>
    /// <param name="nodes">Each node with the folder where etcd's data will lie, and how privileges are escalated there.</param>
    public async Task<IReadOnlyDictionary<string, DiskMeasure>> ProbeAsync(
        IReadOnlyList<(Node Node, string Folder, ProbeRequest Request)> nodes, CancellationToken cancellationToken)
    {
        var measures = await Task.WhenAll(nodes
            .Select(async each => (each.Node.Name, await ProbeAsync(each.Node, each.Folder, each.Request, cancellationToken))));
        return measures.ToDictionary(each => each.Name, each => each.Item2);
    }

    /// <summary>The command for a node.</summary>
    public static NodeCommand For(string folder, ProbeRequest request, int seconds = Seconds)
    {
        var argument = JsonSerializer.Serialize(new { marker = request.Marker, folder, seconds, size = Size, count = Count });
        var interpreter = ShellWords.Quote(request.PythonInterpreter ?? "python3");
        var script = $"""
            for candidate in {interpreter} python3 /usr/bin/python3 /usr/libexec/platform-python; do
              if command -v "$candidate" > /dev/null; then
                "$candidate" -B -c {ShellWords.Quote(Program.Value)} {ShellWords.Quote(argument)} < /dev/null
                break
              fi
            done

            """;
        var timeout = TimeSpan.FromSeconds((2 * seconds) + 20);
        return ProbeScript.WithPrivileges(request, script) with { Timeout = timeout, IsRepeatable = false };
    }

    private async Task<DiskMeasure> ProbeAsync(
        Node node, string folder, ProbeRequest request, CancellationToken cancellationToken)
    {
        var result = await shell.RunAsync(node, For(folder, request), cancellationToken);
        var measure = DiskMeasureParser.Parse(result.Output, request.Marker);
        return result.Failure is { } failure ? new DiskMeasure(null, 0, failure.Message) : measure;
    }
}

/// <summary>What a node's disk took for what etcd writes.</summary>
/// <param name="Percentile">The time that 99 of 100 writes were done in; null where it isn't known.</param>
/// <param name="Writes">How many writes it was measured by.</param>
/// <param name="Failure">Why it isn't known; null where it is.</param>
public sealed record DiskMeasure(TimeSpan? Percentile, int Writes, string? Failure);

/// <summary>Reads what <c>fsync.py</c> says, however damaged.</summary>
public static class DiskMeasureParser
{
    // Of fewer, the slowest one in a hundred says nothing.
    private const int Least = 100;

    /// <summary>Reads the output of a node.</summary>
    public static DiskMeasure Parse(string output, string marker)
    {
        var lines = output.Split('\n').SkipLast(1).Select(line => line.TrimEnd('\r'))
            .Where(line => line.StartsWith($"{marker} ", StringComparison.Ordinal))
            .Select(line => line[(marker.Length + 1)..].Split(' ')).Where(words => words[0] is "synced" or "failed").ToList();
        return lines switch
        {
            [["synced", var count, var seconds, "done"]] when int.TryParse(count, NumberStyles.None, null, out var writes)
                && seconds.Length == seconds.IndexOf('.') + 7
                && double.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var time)
                && time < 3600 =>
                writes >= Least ? new DiskMeasure(TimeSpan.FromSeconds(time), writes, null)
                    : new DiskMeasure(null, writes, $"it did only {writes} writes in time"),
            [["failed", .. var why, "done"]] => new DiskMeasure(null, 0, string.Join(' ', why)),
            [] => new DiskMeasure(null, 0, "it gave no answer, or has no Python 3"),
            _ => new DiskMeasure(null, 0, "its answer did not come whole"),
        };
    }
}
