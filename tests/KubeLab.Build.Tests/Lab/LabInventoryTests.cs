using System.Text.Json;
using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Lab;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

public class LabInventoryTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("\"True\"", true)]
    [InlineData("\"yes\"", true)]
    [InlineData("false", false)]
    [InlineData("\"no\"", false)]
    [InlineData("null", false)]
    public void I_can_ask_for_a_way_to_the_Internet(string written, bool expected) =>
        LabInventory.HasWayOut(With(("lab_internet", written))).ShouldBe(expected);

    [Fact]
    public void There_is_none_unless_it_is_asked_for() => LabInventory.HasWayOut(With()).ShouldBeFalse();

    [Theory]
    [InlineData("\"perhaps\"")]
    [InlineData("2")]
    [InlineData("[true]")]
    public void I_am_told_that_it_is_neither_yes_nor_no(string written) =>
        Should.Throw<UserError>(() => LabInventory.HasWayOut(With(("lab_internet", written)))).Message.ShouldContain("it takes true or false");

    [Fact]
    public void A_node_has_the_size_that_is_written_or_the_usual_one()
    {
        LabInventory.Read(With(("lab_memory_mb", "1024"), ("lab_cpus", "2"))).ShouldHaveSingleItem().ShouldBe(SampleLab.Node(memoryMb: 1024) with { Cpus = 2 });
        LabInventory.Read(With()).ShouldHaveSingleItem().MemoryMb.ShouldBe(LabInventory.DefaultMemoryMb);
    }

    [Fact]
    public void A_machine_without_any_group_is_made_too_and_one_of_another_group_is_not()
    {
        var inventory = With() with
        {
            Others =
            [
                Nodes.Node("k8s-m3", ["all", "ungrouped"], ("ansible_host", "192.0.2.13")),
                Nodes.Node("k8s-m4", ["all", "broken_etcd"], ("ansible_host", "192.0.2.14")),
            ],
        };

        LabInventory.Read(inventory).Select(node => node.Name).ShouldBe(["k8s-m0", "k8s-m3"]);
    }

    [Theory]
    [InlineData("lab_memory_mb", "\"much\"")]
    [InlineData("lab_cpus", "0")]
    [InlineData("ansible_host", "\"k8s.example\"")]
    public void I_am_told_which_value_cannot_be_read(string variable, string written) =>
        Should.Throw<UserError>(() => LabInventory.Read(With((variable, written)))).Message.ShouldContain("k8s-m0");

    private static Inventory With(params (string Name, string Json)[] variables)
    {
        var all = variables.Prepend(("ansible_host", "\"192.0.2.10\"")).GroupBy(each => each.Item1)
            .ToDictionary(each => each.Key, each => JsonDocument.Parse(each.Last().Item2).RootElement);
        return new Inventory(
            "inventory.ini", [new Node("k8s-m0", new HashSet<string>(), all)], [],
            new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, IReadOnlyList<string>>());
    }
}
