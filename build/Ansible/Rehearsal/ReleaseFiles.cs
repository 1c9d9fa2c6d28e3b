namespace KubeLab.Ansible;

/// <summary>The files that a release would write on its nodes now, as its own Ansible renders them.</summary>
/// <param name="Written">Each of them; where several tasks write one file, the last.</param>
/// <param name="Unwritten">Those of which it isn't known what they would be.</param>
/// <param name="Packages">The packages that it would have on a node.</param>
/// <param name="Problem">Why it did not come to its end, so that there may be more; null where it did.</param>
public sealed record ReleaseFiles(
    IReadOnlyList<WrittenFile> Written, IReadOnlyList<UnwrittenFile> Unwritten, IReadOnlyList<WantedPackages> Packages,
    string? Problem)
{
    /// <summary>The name of the play that comes last.</summary>
    internal const string LastPlay = "the end";

    /// <summary>Nothing is known.</summary>
    public static ReleaseFiles Unknown(string why) => new([], [], [], why);

    /// <summary>Reads what the rehearsal said, however damaged: what is missing is never taken for nothing.</summary>
    /// <param name="output">The standard output of Ansible.</param>
    /// <param name="problem">What is known of the reason where they didn't.</param>
    public static ReleaseFiles Parse(string output, string problem)
    {
        var lines = output.Split('\n').Where(line => line.StartsWith(Rehearsal.Marker, StringComparison.Ordinal))
            .Select(line => Read(line[Rehearsal.Marker.Length..])).ToList();
        // A play without hosts doesn't begin; the last one has all.
        var isWhole = !lines.Contains(null) && lines.Exists(line => line?.Done == LastPlay)
            && lines.Count(line => line?.Play is not null) == lines.Count(line => line?.Done is not null);
        return new ReleaseFiles(
            [.. lines.Select(line => line?.Written).OfType<WrittenFile>()
                .GroupBy(file => (file.Host, file.Dest)).Select(file => file.Last())],
            [.. lines.Select(line => line?.Unwritten).OfType<UnwrittenFile>()],
            [.. lines.Select(line => line?.Packages).OfType<WantedPackages>()],
            isWhole ? null : problem);
    }

    private static Line? Read(string json)
    {
        try
        {
            var line = JsonSerializer.Deserialize<Line>(json, RecordJson.Options);
            return line is { Written: { Host: null } or { Dest: null } or { Content: null } }
                or { Unwritten: { Host: null } or { Dest: null } or { Reason: null } }
                or { Packages: { Host: null } or { Packages: null } } ? null : line;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Line(
        WrittenFile? Written = null, UnwrittenFile? Unwritten = null, WantedPackages? Packages = null, string? Play = null,
        string? Done = null);
}

/// <summary>A file as a release would write it.</summary>
/// <param name="Dest">Where it lies on the node.</param>
/// <param name="Notifies">The handlers that the release calls where it changes: what is started anew.</param>
/// <param name="File">The file of the task that writes it, absolute.</param>
/// <param name="Name">The task's name.</param>
public sealed record WrittenFile(
    string Host, string Dest, string Content, IReadOnlyList<string>? Notifies, string File, int Line, string Name);

/// <summary>A file of which it isn't known what a release would write.</summary>
/// <param name="Dest">Where it lies on the node, as far as that can be told.</param>
public sealed record UnwrittenFile(string Host, string Dest, string Reason, string File, int Line, string Name);

/// <summary>Packages that a release installs on a node.</summary>
/// <param name="File">The file of the task that does, absolute.</param>
public sealed record WantedPackages(string Host, IReadOnlyList<string> Packages, string File, int Line, string Name);
