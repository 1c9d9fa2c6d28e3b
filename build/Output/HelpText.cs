namespace KubeLab.Output;

/// <summary>A name, and what there is to say about it.</summary>
public sealed record HelpEntry(string Name, string Text);

/// <summary>A part of the help: what belongs together, in the order in which people need it.</summary>
public sealed record HelpSection(string Title, IReadOnlyList<HelpEntry> Entries);

/// <summary>Lays out what <c>--help</c> and <c>--plan</c> show.</summary>
public sealed class HelpText(bool coloured)
{
    private const int Width = 100;

    private readonly StringBuilder text = new();

    /// <summary>For the console: coloured on a terminal, unless somebody objects (https://no-color.org).</summary>
    public static HelpText ForConsole() => new(!TerminalConsole.IsPlain);

    /// <summary>Adds a line.</summary>
    public HelpText Line(string line = "")
    {
        text.Append(line).Append('\n');
        return this;
    }

    /// <summary>Adds a heading.</summary>
    public HelpText Heading(string heading) => Line(coloured ? $"\e[1m{heading}\e[0m" : heading);

    /// <summary>Adds sections below a heading, all names in a column and the texts beside it.</summary>
    public HelpText Sections(string heading, IReadOnlyList<HelpSection> sections)
    {
        Heading(heading);
        var column = sections.SelectMany(section => section.Entries).Max(entry => entry.Name.Length) + 4;
        foreach (var section in sections)
        {
            Line();
            Line(coloured ? $"\e[36m{section.Title}\e[0m" : section.Title);
            foreach (var (name, description) in section.Entries)
                Entry($"  {name}".PadRight(column), $"{description.TrimEnd('.')}.");
        }

        return Line();
    }

    /// <summary>Adds the targets of a run in their order, each with why it is there.</summary>
    public HelpText Plan(IReadOnlyList<HelpEntry> plan)
    {
        Heading("Plan:");
        var column = plan.Max(target => target.Name.Length);
        for (var i = 0; i < plan.Count; i++)
            Line($"{i + 1,4}. {plan[i].Name.PadRight(column)}  {plan[i].Text}");
        return this;
    }

    public override string ToString() => text.ToString();

    private void Entry(string lead, string description)
    {
        foreach (var line in TextLines.Wrapped(description, Width - lead.Length))
        {
            Line(lead + line);
            lead = new string(' ', lead.Length);
        }
    }
}
