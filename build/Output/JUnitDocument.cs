using System.Xml;
using System.Xml.Linq;

namespace KubeLab.Output;

/// <summary>A test suite of a JUnit XML document.</summary>
/// <param name="Cases">Its cases, made when they are written: a thousand nodes have fifty thousand.</param>
public sealed record JUnitSuite(string Name, DateTimeOffset Started, TimeSpan Duration, IEnumerable<JUnitCase> Cases)
{
    /// <summary>Writes a document of suites.</summary>
    public static void Write(Stream file, IReadOnlyList<JUnitSuite> suites)
    {
        var settings = new XmlWriterSettings
        { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };
        using (var writer = XmlWriter.Create(file, settings))
            new XStreamingElement("testsuites", suites.Select(suite => suite.ToXml())).Save(writer);
        file.WriteByte((byte)'\n');
    }

    private XStreamingElement ToXml() => new(
        "testsuite",
        new XAttribute("name", XmlContent.Clean(Name)),
        new XAttribute("tests", Cases.Count()),
        new XAttribute("failures", Cases.Count(each => each.Mark == Mark.Failed)),
        new XAttribute("skipped", Cases.Count(each => each.Mark == Mark.Skipped)),
        new XAttribute("errors", 0),
        new XAttribute("time", JUnitCase.Seconds(Duration)),
        new XAttribute("timestamp", Started.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss")),
        Cases.Select(each => each.ToXml()));
}

/// <summary>A test case of a JUnit XML document.</summary>
/// <param name="Group">The name of its class, by which viewers group cases.</param>
/// <param name="Message">What is said of a case that failed, was skipped or is warned of.</param>
/// <param name="Body">What else is said of one that failed or is warned of.</param>
public sealed record JUnitCase(string Group, string Name, Mark Mark, string Message, string Body)
{
    /// <summary>How long it took; null where that is unknown.</summary>
    public TimeSpan? Duration { get; init; }

    internal static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    internal XElement ToXml() => new(
        "testcase",
        new XAttribute("classname", XmlContent.Clean(Group)),
        new XAttribute("name", XmlContent.Clean(Name)),
        Duration is { } duration ? new XAttribute("time", Seconds(duration)) : null,
        Outcome());

    // JUnit knows no warning: one that stops nothing is a passed case with something to read.
    private XElement? Outcome()
    {
        var message = new XAttribute("message", XmlContent.Clean(Message));
        return Mark == Mark.Failed ? new XElement("failure", message, XmlContent.Clean(Body))
            : Mark == Mark.Skipped ? new XElement("skipped", message)
            : Mark == Mark.Warning ? new XElement("system-out", XmlContent.Clean($"Warning: {Message}\n{Body}"))
            : null;
    }
}

/// <summary>Text in XML.</summary>
internal static class XmlContent
{
    /// <summary>A text without what no XML document may hold: escape sequences of a terminal, halves of characters.</summary>
    public static string Clean(string text)
    {
        // Most texts are plain, and a report of a thousand nodes has some hundred thousand of them.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        return string.Concat(text.EnumerateRunes()
            .Where(rune => rune.Value is '\t' or '\n' or (>= 0x20 and not (0xFFFE or 0xFFFF))));
    }
}
