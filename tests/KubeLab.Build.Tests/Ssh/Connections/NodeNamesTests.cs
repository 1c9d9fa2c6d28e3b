using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class NodeNamesTests
{
    [Theory]
    [InlineData("k8s-m0", "192.0.2.10", "ops")]
    [InlineData("k8s_m0.example.com", "fe80::1%eth0", "ops@example.com")]
    [InlineData("k8s-m0", "2001:db8::1", "EXAMPLE\\ops")]
    [InlineData("k8s-m0", "[2001:db8::1]", "_ops$")]
    [InlineData("knoten-ä", "host.example.com.", "ä")]
    public void I_can_use_names_as_they_are_usual(string name, string address, string user)
    {
        Should.NotThrow(() => Words(name, address, user));
    }

    [Theory]
    [InlineData("-oProxyCommand=id")]
    [InlineData("two words")]
    [InlineData("tab\there")]
    [InlineData("line\nbreak")]
    [InlineData("line\rbreak")]
    [InlineData("nul\0")]
    [InlineData("esc\e[2J")]
    [InlineData("bidi\u202e")]
    [InlineData("%h")]
    [InlineData("a%eth0")]
    [InlineData("a(id)")]
    [InlineData("`id`")]
    [InlineData("a;id")]
    [InlineData("a'b")]
    [InlineData("*")]
    [Promise("A name is a name and nothing else", "names, addresses and users that are options, tokens, patterns, several words or lines")]
    public void I_am_told_of_names_that_would_be_something_else(string text)
    {
        Should.Throw<UserError>(() => Words(text, "192.0.2.10", "ops")).Problem.ShouldContain("is no name");
        Should.Throw<UserError>(() => Words("k8s-m0", text, "ops")).Problem.ShouldContain("is no ansible_host");
        Should.Throw<UserError>(() => Words("k8s-m0", "192.0.2.10", text)).Problem.ShouldContain("is no user");
        Should.Throw<UserError>(() => Words(text, "192.0.2.10", "ops")).Message.ShouldNotContain("\e");
    }

    [Theory]
    [InlineData("-oProxyCommand=id")]
    [InlineData("../../../etc/cron.d/x")]
    [InlineData("..")]
    [InlineData("line\nbreak")]
    [InlineData("%h")]
    [InlineData("two words")]
    [InlineData("esc\e[2J")]
    [Promise("A name is a name and nothing else", "names of an inventory that are options, paths or lines")]
    public void I_am_told_of_them_where_the_inventory_is_read_however_the_machine_is_reached(string name)
    {
        var json = $"{{\"_meta\": {{\"hostvars\": {{}}}}, \"all\": {{\"children\": [\"kube_node\"]}}, \"kube_node\": {{\"hosts\": [{System.Text.Json.JsonSerializer.Serialize(name)}]}}}}";

        var error = Should.Throw<UserError>(() => InventoryParser.Parse("inventory/lab/inventory.ini", json));

        error.Problem.ShouldStartWith("inventory/lab/inventory.ini: '");
        error.Problem.ShouldContain("is no name of a machine");
        error.Message.ShouldNotContain("\e");
    }

    [Fact]
    public void In_every_command_line_of_ssh_two_dashes_stand_before_the_address()
    {
        var lines = Directory.EnumerateFiles(Path.Combine(Repository.Root, "build", "Ssh"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Where(line => line.Contains("options.For(node), ")).ToList();

        lines.Count.ShouldBeGreaterThan(4);
        lines.ShouldAllBe(line => line.Contains("options.For(node), \"--\", node.Address"));
    }

    private static IReadOnlyList<string> Words(string name, string address, string user)
    {
        using var directory = new TemporaryDirectory();
        return new SshOptions(Tests.Clusters.Sample.Cluster(directory)).For(Nodes.Node(name, [], ("ansible_host", address), ("ansible_user", user)));
    }
}
