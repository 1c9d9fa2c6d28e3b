namespace KubeLab.Preflight;

/// <summary>
/// The sections of a probe's output that came whole, and what is wrong with the others. Each begins and ends with a line that
/// starts with the marker and says its name, the last also how many bytes stand between; a line at the end says how many
/// sections there are.
/// Whatever stands outside of them, such as a banner, is none of the probe's.
/// </summary>
/// <param name="Sections">The lines of each section that came whole, without empty ones.</param>
/// <param name="Broken">Why each of the others can't be used, by its name.</param>
/// <param name="Said">What the node said before the first section, such as sudo's complaint.</param>
/// <param name="Began">Whether the probe began to speak.</param>
/// <param name="Ended">Whether the mark of the end came, once and with the number of sections.</param>
public sealed record ProbeOutput(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Sections,
    IReadOnlyDictionary<string, string> Broken,
    IReadOnlyList<string> Said,
    bool Began,
    bool Ended)
{
    // A line that is longer holds nothing that a rule reads.
    private const int MaxLine = 4096;

    /// <summary>The sections that every probe sends, in its order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "user", "files", "machine", "processor", "python", "server", "disks", "xfs", "addresses", "paths", "services", "time",
        "modules", "locks", "owners", "libc", "names", "lacking", "clock",
    ];

    /// <summary>Whether all of it came, whole and in order.</summary>
    public bool Complete => Ended && Broken.Count == 0;

    /// <summary>The lines of a section; none where the node did not send it whole.</summary>
    public IReadOnlyList<string> this[string section] => Sections.GetValueOrDefault(section, []);

    /// <summary>Reads the output of a probe, however damaged.</summary>
    /// <param name="marker">The random word that the probe framed its sections with.</param>
    /// <param name="names">The sections that have to come, in their order; null for <see cref="Names"/>.</param>
    public static ProbeOutput Parse(string output, string marker, IReadOnlyList<string>? names = null) =>
        new Reader(output, marker, names ?? Names).Read();

    /// <summary>Whether the section came whole.</summary>
    public bool Has(string section) => Sections.ContainsKey(section);

    private sealed class Reader(string output, string marker, IReadOnlyList<string> names)
    {
        private readonly Dictionary<string, IReadOnlyList<string>> sections = new();
        private readonly Dictionary<string, string> broken = new();
        private readonly List<string> said = [];
        private readonly List<string> order = [];
        private string? open;
        private int start;
        private bool began;
        private int ends;
        private bool counted;

        public ProbeOutput Read()
        {
            for (var at = 0; at < output.Length;)
            {
                var feed = output.IndexOf('\n', at);
                // A line without its end was cut off, and may be half of a mark.
                if (feed < 0)
                    break;
                Line(at, feed);
                at = feed + 1;
            }

            if (open is not null)
                broken[open] = "it was cut off";
            foreach (var name in names.Where(name => !sections.ContainsKey(name)))
                broken.TryAdd(name, "it did not come");
            foreach (var name in broken.Keys)
                sections.Remove(name);
            return new ProbeOutput(sections, broken, said, began, ends == 1 && counted);
        }

        private void Line(int at, int feed)
        {
            var line = output.AsSpan(at, feed - at).TrimEnd('\r');
            if (!line.StartsWith(marker, StringComparison.Ordinal))
            {
                if (began && order.Count == 0 && !line.IsWhiteSpace())
                    said.Add(Shortened(line));
                return;
            }

            switch (line[marker.Length..].Trim().ToString().Split(' '))
            {
                case ["hello"]:
                    began = true;
                    break;
                case ["begin", var name]:
                    Begin(name, feed + 1);
                    break;
                case ["end", var name, var count]:
                    End(name, count, at);
                    break;
                case ["done", var count]:
                    ends++;
                    counted = count == $"{order.Count}";
                    break;
                default:
                    // Nothing of the probe's: another program writes here too.
                    if (open is not null)
                        broken[open] = "another program's words stand in it";
                    break;
            }
        }

        private void Begin(string name, int next)
        {
            began = true;
            if (open is not null)
                broken[open] = "its end is missing";
            if (order.Contains(name))
                broken[name] = "it came twice";
            else if (order.Count > 0 && Place(name) < order.Max(Place))
                broken[name] = "it came out of order";
            order.Add(name);
            (open, start) = (name, next);
        }

        private void End(string name, string count, int at)
        {
            if (open != name)
            {
                broken[name] = order.Contains(name) ? "it came twice" : "its beginning is missing";
                return;
            }

            open = null;
            var text = output[start..at];
            if (!int.TryParse(count, NumberStyles.None, null, out var bytes) || !Holds(text, bytes))
                broken.TryAdd(name, $"{Encoding.UTF8.GetByteCount(text)} bytes of it came, of {count}");
            else
                sections[name] = [.. text.Split('\n').Select(line => line.Trim('\r'))
                    .Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => Shortened(line))];
        }

        // A terminal in between adds a carriage return to each line, and what is no UTF-8 came as one sign for one to three
        // bytes.
        private static bool Holds(string text, int count) => new[] { text, text.Replace("\r\n", "\n") }.Any(each =>
            Encoding.UTF8.GetByteCount(each) is var bytes && count <= bytes
                && count >= bytes - (2 * each.Count(sign => sign == '\ufffd')));

        private int Place(string name) => names.TakeWhile(each => each != name).Count();

        private static string Shortened(ReadOnlySpan<char> line) => line[..Math.Min(line.Length, MaxLine)].ToString();
    }
}
