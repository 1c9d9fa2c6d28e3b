using System.Text.Json.Nodes;

namespace KubeLab.Reports;

/// <summary>A timeline as the page's script reads it: JSON, in which the results are a row of variable-length numbers in Base64,
/// as 150,000 of them would be 20 MB of JSON.</summary>
internal static class TimelineData
{
    private const double TicksPerSecond = 100;

    /// <summary>The JSON, in which no character can end the element that it stands in.</summary>
    public static string Write(Timeline timeline)
    {
        var roles = timeline.Tasks.Select(task => task.Role ?? "").Distinct().Select((role, index) => (role, index)).ToDictionary(
            each => each.role, each => each.index);
        return new JsonObject
        {
            ["seconds"] = Math.Round(timeline.Seconds, 2),
            ["hosts"] = Texts(timeline.Hosts),
            ["plays"] = new JsonArray(
                [.. timeline.Plays.Select(play => new JsonArray(play.Name, Math.Round(play.Start, 2), Math.Round(play.End, 2)))]),
            ["roles"] = Texts(roles.Keys),
            ["tasks"] = new JsonArray(
                [.. timeline.Tasks.Select(task => new JsonArray(task.Name, roles[task.Role ?? ""], task.Play))]),
            ["count"] = timeline.Results.Count,
            ["results"] = Convert.ToBase64String(Pack(timeline.Results)),
        }.ToJsonString();
    }

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    // Of each result: how much further the node is and the task, when it began after the one before on its node (both signed,
    // zigzag), how long it took in hundredths of a second, and how it ended.
    private static byte[] Pack(IReadOnlyList<TimelineResult> results)
    {
        using var packed = new MemoryStream(results.Count * 7);
        int host = 0, task = 0;
        long start = 0;
        foreach (var result in results)
        {
            var ticks = (long)(result.Start * TicksPerSecond);
            if (result.Host != host)
                (task, start) = (0, 0);
            Append(packed, result.Host - host);
            Append(packed, Zigzag(result.Task - task));
            Append(packed, Zigzag(ticks - start));
            Append(packed, (long)Math.Ceiling(result.Seconds * TicksPerSecond));
            Append(packed, (int)result.Status);
            (host, task, start) = (result.Host, result.Task, ticks);
        }

        return packed.ToArray();
    }

    private static long Zigzag(long number) => (number << 1) ^ (number >> 63);

    private static void Append(MemoryStream packed, long number)
    {
        for (; number > 0x7F; number >>= 7)
            packed.WriteByte((byte)(number | 0x80));
        packed.WriteByte((byte)number);
    }
}
