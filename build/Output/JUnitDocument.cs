using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace KubeLab.Output;

/// <summary>A JUnit XML document: what is put around the test cases of a report.</summary>
public static class JUnitDocument
{
    /// <summary>One test suite.</summary>
    /// <param name="cases">Its <c>testcase</c> elements, made when they are written: a thousand nodes have fifty thousand.</param>
    /// <param name="skipped">How many of them were skipped.</param>
    public static XStreamingElement Suite(
        string name, int count, IEnumerable<XElement> cases, int failures, int skipped, DateTimeOffset started, TimeSpan duration) => new(
        "testsuite",
        new XAttribute("name", XmlContent.Clean(name)),
        new XAttribute("tests", count),
        new XAttribute("failures", failures),
        new XAttribute("skipped", skipped),
        new XAttribute("errors", 0),
        new XAttribute("time", Seconds(duration)),
        new XAttribute("timestamp", started.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss")),
        cases);

    /// <summary>Writes a document of suites.</summary>
    public static void Write(Stream file, IReadOnlyList<XStreamingElement> suites)
    {
        using (var writer = XmlWriter.Create(file, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
            new XStreamingElement("testsuites", suites).Save(writer);
        file.WriteByte((byte)'\n');
    }

    /// <summary>A duration as JUnit writes it: seconds with three decimals.</summary>
    public static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}

/// <summary>Text in XML.</summary>
public static class XmlContent
{
    /// <summary>A text without what no XML document may hold: escape sequences of a terminal, halves of characters.</summary>
    public static string Clean(string text)
    {
        // Most texts are plain, and a report of a thousand nodes has some hundred thousand of them.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var clean = new StringBuilder(text.Length);
        Span<char> characters = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or (>= 0x20 and not (0xFFFE or 0xFFFF)))
                clean.Append(characters[..rune.EncodeToUtf16(characters)]);
        }

        return clean.ToString();
    }
}
