using System.Text.RegularExpressions;
using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>The table of failures in the documentation: it is made from the signatures, and from what they are judged by.</summary>
public class FailureDocsTests
{
    private const int LongestLine = 110;
    private const int MostSources = 3;
    private const string Head = "| id | what happened | how it is recognised | where it is from |\n|---|---|---|---|\n";

    private static readonly Regex Placeholder = new(@"\{[^}]*\}", RegexOptions.None, TimeSpan.FromSeconds(1));
    private static readonly Regex Capital = new("(?<=.)[A-Z]", RegexOptions.None, TimeSpan.FromSeconds(1));
    private static readonly Regex Blanks = new(@"\s+", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static string Page => Path.Combine(Repository.Root, "docs", "failures.md");

    [Fact]
    public void I_find_each_failure_that_is_known_how_it_is_recognised_and_where_it_is_from()
    {
        var recorded = FailureCorpusTests.Recorded.Select(each => (each.Expect, each.Source, Failure: each.Failures()[0]))
            .Concat(SignatureTests.Recorded).ToLookup(each => each.Expect);
        var table = Head + string.Concat(SignatureCatalog.Load().Signatures.Select(each => Row(each, [.. recorded[each.Id]])));
        var text = File.ReadAllText(Page);
        if (Environment.GetEnvironmentVariable("KUBELAB_UPDATE_SCHEMA") == "1")
            File.WriteAllText(Page, text = text[..text.IndexOf(Head, StringComparison.Ordinal)] + table);

        text.ShouldEndWith(table, customMessage: "The failures have changed: run this test with KUBELAB_UPDATE_SCHEMA=1 and commit the page.");
    }

    private static string Row(FailureSignature signature, IReadOnlyList<(string Expect, string Source, Failure Failure)> recorded)
    {
        var said = recorded.Select(each => Said(signature, new(each.Failure))).FirstOrDefault(each => each is not null);
        var sources = recorded.Select(each => each.Source).Distinct().Take(MostSources);
        return $"| `{signature.Id}` | {Cell(Placeholder.Replace(signature.Title, "…"))} | {Cell(How(signature, said))} | {Cell(string.Join("; ", sources))} |\n";
    }

    private static string How(FailureSignature signature, string? said) => string.Join("; ", new[]
    {
        signature.Status switch
        {
            "ansible" => "Ansible gave up",
            "unreachable" => "no connection",
            "node" => "in a node's logs",
            _ => null,
        },
        Any("while", signature.Doing),
        Any("on", signature.Where),
        Any("of", signature.Server),
        signature.Action.Count > 0 ? $"module {string.Join(" or ", signature.Action)}" : null,
        Matches("command", signature.Command),
        Matches("role", signature.Role),
        Matches("task", signature.Task),
        Matches("item", signature.Item),
        signature.ReturnCode.Count > 0 ? $"returned {string.Join(" or ", signature.ReturnCode)}" : null,
        signature.ExitCode.Count > 0 ? $"ended with {string.Join(" or ", signature.ExitCode)}" : null,
        said is null ? null : $"says `{said}`",
    }.OfType<string>());

    private static string? Any<T>(string word, IReadOnlyList<T> values)
        where T : struct, Enum =>
        values.Count == 0 ? null : $"{word} {string.Join(" or ", values.Select(value => Capital.Replace($"{value}", " $0").ToLowerInvariant()))}";

    private static string? Matches(string word, Pattern? pattern) => pattern is null ? null : $"{word} `{pattern}`";

    // The line that matched, or of a long one what matched in it.
    private static string? Said(FailureSignature signature, FailureContext context)
    {
        if (signature.Recognise(context)?.Line is not { } line)
            return null;
        if (line.Length > LongestLine)
            line = $"… {signature.Text.SelectMany(pattern => pattern.Matches(context.Said)).First().Value.Trim()}";
        line = Blanks.Replace(line, " ").Replace('`', '\'');
        return line.Length <= LongestLine ? line : $"{line[..LongestLine].TrimEnd()} …";
    }

    private static string Cell(string text) => text.Replace("|", "\\|");
}
