using System.Xml.Linq;

namespace KubeLab.Project;

/// <summary>How many tests ended in which way, and why some were skipped.</summary>
/// <param name="SkipReasons">One line a skipped test: its name and the reason.</param>
internal sealed record TestCounts(int Passed, int Failed, int Skipped, IReadOnlyList<string> SkipReasons)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    /// <summary>No test at all.</summary>
    public static TestCounts None { get; } = new(0, 0, 0, []);

    /// <summary>The line that closes a run of tests: <c>12 passed, 0 failed, 1 skipped</c>.</summary>
    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";

    /// <summary>The sum of two runs.</summary>
    public static TestCounts operator +(TestCounts left, TestCounts right) => new(
        left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped, [.. left.SkipReasons, .. right.SkipReasons]);

    /// <summary>Reads a results file in Visual Studio's TRX format.</summary>
    /// <exception cref="UserError">The file isn't there: the test run broke off before it wrote its results.</exception>
    public static TestCounts Read(string trxFile)
    {
        if (!File.Exists(trxFile))
            throw new UserError($"The test run left no results file {trxFile}.", "Look at what it said above.");
        var results = XDocument.Load(trxFile).Descendants(Trx + "UnitTestResult").ToList();
        var outcomes = results.ToLookup(result => (string?)result.Attribute("outcome") ?? "");
        var passed = outcomes["Passed"].Count();
        var skipped = outcomes["NotExecuted"].ToList();
        return new TestCounts(passed, results.Count - passed - skipped.Count, skipped.Count, [.. skipped.Select(Reason)]);
    }

    private static string Reason(XElement result) =>
        $"{(string?)result.Attribute("testName")}: {result.Descendants(Trx + "Message").FirstOrDefault()?.Value.Trim() ?? "no reason given"}";
}
