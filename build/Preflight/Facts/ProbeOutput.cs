namespace KubeLab.Preflight;

/// <summary>The sections of a probe's output. Whatever stands before the first one, such as a banner, is left out.</summary>
/// <param name="Sections">The lines of each section, without empty ones; of two of one name, the last counts.</param>
public sealed record ProbeOutput(IReadOnlyDictionary<string, IReadOnlyList<string>> Sections, bool Complete)
{
    // A line that is longer holds nothing that a rule reads.
    private const int MaxLine = 4096;

    /// <summary>Reads the output of a probe, however damaged.</summary>
    /// <param name="marker">The random word that the probe framed its sections with.</param>
    public static ProbeOutput Parse(string output, string marker)
    {
        var sections = new Dictionary<string, IReadOnlyList<string>>();
        string? name = null;
        var lines = new List<string>();
        var complete = false;
        foreach (var raw in output.AsSpan().EnumerateLines())
        {
            var line = raw.Trim('\r');
            if (!line.StartsWith(marker, StringComparison.Ordinal))
            {
                if (!line.IsWhiteSpace())
                    lines.Add(line[..Math.Min(line.Length, MaxLine)].ToString());
                continue;
            }

            if (name is not null)
                sections[name] = lines;
            lines = [];
            var words = line[marker.Length..].Trim().ToString().Split(' ', 2);
            name = words is ["section", var next] ? next : null;
            complete = words is ["end"];
        }

        // A section that was cut off is incomplete: its last line may be half a line, and the rest is missing.
        if (name is not null)
            sections[name] = [.. lines.SkipLast(output.EndsWith('\n') ? 0 : 1)];
        return new ProbeOutput(sections, complete);
    }

    /// <summary>The lines of a section; none where the node did not send it.</summary>
    public IReadOnlyList<string> this[string section] => Sections.GetValueOrDefault(section, []);

    /// <summary>Whether the section came at all.</summary>
    public bool Has(string section) => Sections.ContainsKey(section);
}
