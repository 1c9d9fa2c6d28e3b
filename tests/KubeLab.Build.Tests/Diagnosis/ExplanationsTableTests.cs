using KubeLab.Diagnosis;

namespace KubeLab.Tests.Diagnosis;

/// <summary>The table of all that is known in docs/explanations.md, which follows the signatures and the recorded failures.</summary>
public class ExplanationsTableTests
{
    private const int LongestPattern = 70;

    private static readonly string File = Path.Combine(Repository.Root, "docs", "explanations.md");

    [Fact]
    public void I_read_in_the_documentation_what_is_known()
    {
        var text = System.IO.File.ReadAllText(File);
        var begin = text.IndexOf("\n", text.IndexOf("<!-- The table", StringComparison.Ordinal), StringComparison.Ordinal) + 1;

        var expected = text[..begin] + Table();

        if (Environment.GetEnvironmentVariable("KUBELAB_UPDATE_SCHEMA") == "1")
            System.IO.File.WriteAllText(File, expected);
        else
            text.ShouldBe(expected, "The signatures have changed: run this test with KUBELAB_UPDATE_SCHEMA=1 and commit the file.");
    }

    private static string Table()
    {
        var sources = FailureCorpusTests.All.Concat(FailureCorpusTests.Logs)
            .ToLookup(recorded => recorded.Expect, recorded => recorded.Source.Replace("|", "/"));
        var rows = SignatureCatalog.Load().Signatures.Select(each =>
            $"| `{each.Id}` | {string.Join("; ", Conditions(each))} | {string.Join("; ", sources[each.Id].Distinct().Take(4).DefaultIfEmpty("samples"))} |\n");
        return $"\n| kind | recognised by | source |\n|---|---|---|\n{string.Concat(rows)}";
    }

    private static IEnumerable<string> Conditions(FailureSignature signature)
    {
        if (signature.Status is { } status)
            yield return status;
        if (signature.Doing.Count > 0)
            yield return string.Join(", ", signature.Doing).ToLowerInvariant();
        if (signature.Where.Count > 0)
            yield return $"on {string.Join(", ", signature.Where).ToLowerInvariant()}";
        if (signature.Server.Count > 0)
            yield return $"server: {string.Join(", ", signature.Server).ToLowerInvariant()}";
        if (signature.ReturnCode.Count > 0)
            yield return $"rc {string.Join(", ", signature.ReturnCode)}";
        if (signature.ExitCode.Count > 0)
            yield return $"exit code {string.Join(", ", signature.ExitCode)}";
        if (signature.CameToHosts is { } came)
            yield return came ? "a recap with hosts" : "a recap without hosts";
        foreach (var (name, pattern) in new[] { ("role", signature.Role), ("task", signature.Task), ("command", signature.Command), ("says", signature.Text.FirstOrDefault()) })
        {
            if (pattern is not null)
                yield return $"{name} `{Short(pattern.Expression)}`";
        }
    }

    private static string Short(string expression) =>
        (expression.Length > LongestPattern ? $"{expression[..LongestPattern]}…" : expression).Replace("|", "\\|").Replace('`', '\'');
}
