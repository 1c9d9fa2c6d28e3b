using System.Text;
using CsCheck;
using KubeLab.Tests.Machines;
using KubeLab.Variables;

namespace KubeLab.Tests.Variables;

public class VariableFilesTests : IDisposable
{
    private readonly TemporaryDirectory root = new();

    [Fact]
    public void I_get_the_files_that_Ansible_reads_and_why_it_passes_over_the_others()
    {
        foreach (var file in new[] { "group_vars/all/a.yml", "group_vars/all/b", "group_vars/all/c.ini", "group_vars/all/deep/d.json", "group_vars/all/e.d/e.yml", "group_vars/all.yml", "group_vars/etcd.yaml", "group_vars/etcd.yml", "host_vars/m0.example.com" })
            root.Write($"prod/{file}", "a: 1\n");

        var files = VariableFiles.Beside([root.File("prod/hosts")], root.Path);

        files.Readable.Select(file => (file.Owner, file.Name, file.Shown)).ShouldBe(
        [
            (VariableOwner.Group, "all", "prod/group_vars/all/a.yml"), (VariableOwner.Group, "all", "prod/group_vars/all/b"),
            (VariableOwner.Group, "all", "prod/group_vars/all/deep/d.json"), (VariableOwner.Group, "etcd", "prod/group_vars/etcd.yml"),
            (VariableOwner.Host, "m0.example.com", "prod/host_vars/m0.example.com"),
        ]);
        files.All.Except(files.Readable).Select(file => (Path.GetFileName(file.Path), file.Passed!.Split(' ')[^1])).ShouldBe(
            [("c.ini", "ending"), ("e.d", "name"), ("all.yml", "place"), ("etcd.yaml", "place")]);
    }

    [Theory]
    [InlineData("a: 1\n", null)]
    [InlineData("a: [\n", "group_vars/all.yml:2:1: this is no YAML")]
    [InlineData("- a\n", "group_vars/all.yml:1:1: this holds no variables")]
    public void I_am_told_what_is_wrong_with_a_file(string text, string? problem) =>
        (Single(Encoding.UTF8.GetBytes(text)).Text.Problem ?? "").ShouldStartWith(problem ?? "");

    [Fact]
    public void A_mark_of_the_byte_order_is_no_part_of_a_name() =>
        Single([0xef, 0xbb, 0xbf, .. "## Of another editor.\n# a: 1\nb: 2\n"u8]).Text.Outline!.Variables
            .Select(variable => (variable.Name, variable.Source.Line)).ShouldBe([("b", 3)]);

    [Fact]
    public void I_am_told_the_line_that_is_no_UTF_8() =>
        Single([.. "a: 1\nb: "u8, 0xe9, (byte)'\n']).Text.Problem.ShouldBe("group_vars/all.yml:2:4: this is no UTF-8");

    [Fact]
    public void I_see_that_a_file_is_encrypted() => Single("$ANSIBLE_VAULT;1.1;AES256\n6162\n"u8.ToArray()).IsEncrypted.ShouldBeTrue();

    [Fact]
    public void Whatever_a_file_holds_it_is_read_or_refused() =>
        Gen.Byte.Array[0, 200].Sample(bytes => (Single(bytes).Text is { Outline: null, IsEncrypted: false, Problem: null }).ShouldBeFalse(), iter: 10_000, threads: 1);

    [Fact]
    public void Whatever_an_inventory_file_holds_it_has_lines_or_none() => Gen.String[Gen.Char["ab[]:=#;\"' \n\tvarschildren{}-"], 0, 80].Sample(
        text => InventoryLines.ReadAll([root.Write("hosts", text), root.Write("hosts.yml", text)], root.Path).Headings.ShouldNotBeNull(), iter: 10_000, threads: 1);

    [Theory]
    [InlineData("hosts", "[a]\nm0 x=1\n\n[b:children]\na\n[b:vars]\ny=\"2\"\n")]
    [InlineData("hosts.yml", "b:\n  children:\n    a:\n      hosts: { m0: { x: 1 } }\n  vars:\n    y: 2\n")]
    public void I_get_the_lines_of_groups_hosts_and_variables(string file, string text)
    {
        var lines = InventoryLines.ReadAll([root.Write(file, text)], root.Path);

        lines.Headings.Select(entry => entry.Name).Distinct().Order().ShouldBe(["a", "b"]);
        lines.Children.ShouldHaveSingleItem().ShouldBe(new InventoryEntry("a", "b", lines.Children[0].Source));
        lines.Members.ShouldHaveSingleItem().Parent.ShouldBe("a");
        lines.Variables.Select(variable => (variable.Name, variable.Value)).ShouldBe([("x", "1"), ("y", "2")]);
    }

    public void Dispose() => root.Dispose();

    private VariableFile Single(byte[] content)
    {
        File.WriteAllBytes(root.Write("group_vars/all.yml", ""), content);
        return VariableFiles.Beside([root.File("hosts")], root.Path).All.Single();
    }
}
