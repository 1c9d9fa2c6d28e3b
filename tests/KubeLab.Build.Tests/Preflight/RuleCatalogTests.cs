using System.Text.RegularExpressions;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public partial class RuleCatalogTests
{
    [Fact]
    public void I_find_every_rule_by_its_file()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "build", "Preflight", "Rules"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);

        CheckCatalog.All<Rule>().Select(rule => rule.GetType().Name).ShouldBe(files!, ignoreOrder: true);
    }

    [Fact]
    public void Every_rule_has_an_id_of_its_own_that_can_be_typed_and_a_title()
    {
        CheckCatalog.Ids<Rule>().ShouldBeUnique();
        CheckCatalog.All<Rule>().ShouldAllBe(rule => Id().IsMatch(rule.Id) && rule.Title.Length > 0);
    }

    [Fact]
    public void Every_rule_is_documented()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "preflight.md"));

        CheckCatalog.All<Rule>().Where(rule => !documentation.Contains($"| `{rule.Id}` | {(rule.Worst == FindingStatus.Failed ? "fail" : "warn")} |", StringComparison.Ordinal))
            .Select(rule => rule.Id).ShouldBeEmpty();
    }

    [Fact]
    public void I_am_told_the_nearest_check_where_none_has_the_id()
    {
        var error = Should.Throw<UserError>(() => CheckChoice.Verify("--skip-checks", ["memory", "cloks"], CheckCatalog.Ids<Rule>()));

        error.Problem.ShouldBe("--skip-checks: there is no check cloks. Did you mean clock?");
        error.Remedy!.ShouldContain("memory");
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
