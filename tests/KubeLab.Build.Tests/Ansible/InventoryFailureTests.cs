using CsCheck;
using KubeLab.Ansible;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;
using KubeLab.Variables;

namespace KubeLab.Tests.Ansible;

public class InventoryFailureTests : IDisposable
{
    // What Ansible 2.14.18 writes; its warnings break after 79 columns.
    private const string Said = """
        [WARNING]:  * Failed to parse /srv/prod-of-the-
        house/hosts.yaml with yaml plugin: We were
        unable to read either as JSON nor YAML, these are the errors we got from each:
        JSON: Expecting value: line 1 column 1 (char 0)  Syntax Error while loading
        YAML.   found a tab character that violates indentation  The error appears to
        be in '/srv/prod-of-the-house/hosts.yaml': line 5, column 1, but may be elsewhere in the
        file depending on the exact syntax problem.
        ERROR! Completely failed to parse inventory source /srv/prod-of-the-house/hosts.yaml
        """;

    private readonly TemporaryDirectory root = new();

    [Fact]
    public void I_get_the_place_in_front_and_not_the_end_of_a_lecture()
    {
        var error = Failure().Explain(Said)!;

        error.Problem.ShouldBe("/srv/prod-of-the-house/hosts.yaml:5:1: this is no YAML: found a tab character that violates indentation (a tab)");
        error.Remedy!.ShouldContain("blanks");
    }

    [Fact]
    public void I_get_warnings_in_one_line_each() =>
        InventoryWarnings.Of("noise\n[WARNING]: While constructing a mapping from\n/srv/k8s-\nprod/all.yml, line 1\n[WARNING]: Again\nERROR! Nothing\n")
            .ShouldBe(["While constructing a mapping from /srv/k8s-prod/all.yml, line 1", "Again"]);

    [Fact]
    public void Whatever_is_said_there_is_an_error_or_none() => Gen.OneOf(
        Gen.String, Gen.Int[0, Said.Length].Select(length => Said[..length]), Gen.Int[0, Said.Length].Select(start => Said[start..]))
        .Sample(said =>
        {
            Failure().Explain(said)?.Problem.ShouldNotBeEmpty();
            InventoryWarnings.Of(said).ShouldAllBe(warning => !warning.Contains('\n'));
        }, iter: 10_000);

    public void Dispose() => root.Dispose();

    private InventoryFailure Failure() => new(Sample.Cluster(root), VariableFiles.Beside([root.File("inventory.ini")], root.Path), root.Path);
}
