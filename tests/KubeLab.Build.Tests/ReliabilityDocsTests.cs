using KubeLab.Project;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests;

/// <summary>docs/reliability.md has the promises that the tests keep, and no other ones.</summary>
public sealed class ReliabilityDocsTests
{
    private const string Results = """
        <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
          <UnitTestResult testName="KubeLab.Tests.A.One(x: 1)" outcome="Passed" />
          <UnitTestResult testName="KubeLab.Tests.A.One(x: &quot;B.c&quot;)" outcome="Failed" />
          <UnitTestResult testName="KubeLab.Tests.A.Skipped" outcome="NotExecuted" />
        </Results></TestRun>
        """;

    [Fact]
    public void I_find_every_promise_with_the_test_that_keeps_it()
    {
        var file = Path.Combine(Repository.Root, "docs", "reliability.md");
        if (Environment.GetEnvironmentVariable("KUBELAB_UPDATE_SCHEMA") == "1")
            File.WriteAllText(file, ReliabilityTable.Of(Repository.Root, Path.Combine(Repository.Root, "artifacts", "tests")));
        var page = File.ReadAllText(file);
        var promises = ReliabilityTable.Promises(Path.Combine(Repository.Root, "tests"));

        promises.Count.ShouldBeGreaterThan(20);
        promises.Select(each => each.Test).ShouldBeUnique();
        page.Split('\n').Where(line => line.Contains("--test-filter` `", StringComparison.Ordinal)).Select(line => line.Split('`')[^2])
            .ShouldBe(promises.Select(each => each.Test), ignoreOrder: true, "KUBELAB_UPDATE_SCHEMA=1 ./build.sh Test --test-filter ReliabilityDocs writes it");
        File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ShouldContain("docs/reliability.md");
    }

    [Fact]
    public void I_see_how_often_a_promise_was_tried_and_held_and_what_did_not_run_stays_as_it_was()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("tests/KubeLab.X/ATests.cs", "[Fact]\n[Promise(\"It holds\", \"a fault\", Tries = 10)]\npublic void One(int x)\n[Promise(\"So does this\", \"b\")]\n[InlineData(1)]\npublic async Task Skipped()\n");
        var promises = ReliabilityTable.Promises(directory.File("tests")).Select(each => each with { Test = each.Test.Replace("ATests", "A", StringComparison.Ordinal) }).ToList();

        var page = ReliabilityTable.Page(promises, [directory.Write("a.trx", Results)], "| So does this | b | 4 | 3 | `Test --test-filter` `A.Skipped` |\n");

        page.ShouldContain("| It holds | a fault | 20 | 10 | `Test --test-filter` `A.One` |");
        page.ShouldContain("| So does this | b | 4 | 3 | `Test --test-filter` `A.Skipped` |");
        ReliabilityTable.Page(promises, [], null).ShouldContain("| It holds | a fault | - | - |");
    }
}
