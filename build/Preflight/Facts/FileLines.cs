namespace KubeLab.Preflight;

/// <summary>The lines of many files, as <c>grep '' FILE…</c> prints them: <c>FILE:LINE</c>.</summary>
internal sealed class FileLines
{
    private readonly Dictionary<string, List<string>> files = new();

    /// <summary>The files that a line came of.</summary>
    public IReadOnlyCollection<string> Names => files.Keys;

    /// <summary>The lines of a file; none where it did not come.</summary>
    public IReadOnlyList<string> this[string file] => files.GetValueOrDefault(file, []);

    /// <summary>Reads what grep printed. Lines that name no file, such as "Binary file … matches", are left out.</summary>
    public static FileLines Parse(IReadOnlyList<string> lines)
    {
        var result = new FileLines();
        var bySpan = result.files.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (!line.StartsWith('/') || colon <= 0)
                continue;
            var file = line.AsSpan(0, colon);
            if (!bySpan.TryGetValue(file, out var ofFile))
                bySpan[file] = ofFile = [];
            ofFile.Add(line[(colon + 1)..]);
        }

        return result;
    }

    /// <summary>Whether a line of the file came.</summary>
    public bool Has(string file) => files.ContainsKey(file);

    /// <summary>The first line of a file without white space around it; null where it is empty or did not come.</summary>
    public string? First(string file) => this[file] is [var line, ..] && line.Trim() is { Length: > 0 } text ? text : null;
}
