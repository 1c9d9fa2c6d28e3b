using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Clusters;

public class ClusterLocatorTests : IDisposable
{
    private static readonly Dictionary<string, SettingValue> Nothing = [];
    private readonly TemporaryDirectory root = new();

    [Fact]
    public void I_find_a_cluster_by_the_name_of_its_folder()
    {
        root.Write("inventory/mycluster/inventory.ini", "");

        var cluster = Find("mycluster");

        cluster.Name.ShouldBe("mycluster");
        cluster.InventoryFile.ShouldBe(root.File("inventory/mycluster/inventory.ini"));
        cluster.KubeconfigFile.ShouldBe(root.File("artifacts/mycluster/admin.conf"));
    }

    [Fact]
    public void I_find_a_cluster_by_a_path_to_its_inventory_file()
    {
        var file = root.Write("elsewhere/mine.ini", "");

        Find(file).InventoryFile.ShouldBe(file);
    }

    [Fact]
    public void Clusters_whose_folders_have_the_same_name_never_share_their_artifacts()
    {
        foreach (var folder in new[] { "inventory/prod", "inventory/team/prod", "a/prod", "b/prod" })
            root.Write($"{folder}/inventory.ini", "");
        root.Write("a/prod/other.ini", "");
        string[] named = ["prod", "team/prod", root.File("a/prod"), root.File("b/prod"), root.File("a/prod/other.ini")];

        var artifacts = named.Select(each => Path.GetRelativePath(root.File("artifacts"), Find(each).ArtifactsDirectory)).ToList();

        artifacts[0].ShouldBe("prod");
        artifacts.Skip(1).ShouldAllBe(each => each.StartsWith("prod-") && each.Length == "prod-01234567".Length);
        artifacts.ShouldBeUnique();
        named.Select(each => new KubeLab.Ssh.SshOptions(Find(each)).ControlDirectory).ShouldBeUnique();
    }

    [Fact]
    public void A_cluster_has_the_same_artifacts_whichever_way_it_is_named()
    {
        root.Write("inventory/prod/inventory.ini", "");
        root.Write("elsewhere/prod/hosts.yml", "");
        Directory.CreateSymbolicLink(root.File("inventory/linked"), root.File("elsewhere/prod"));
        Directory.CreateSymbolicLink(root.File("way"), ".");

        foreach (var name in new[] { "prod", "inventory/prod", root.File("inventory/prod/"), root.File("inventory/prod/inventory.ini"), root.File("way/inventory/prod") })
            Find(name).ArtifactsDirectory.ShouldBe(root.File("artifacts/prod"), name);
        foreach (var name in new[] { "linked", root.File("elsewhere/prod"), root.File("way/elsewhere/prod/hosts.yml") })
            Find(name).ArtifactsDirectory.ShouldBe(root.File("artifacts/linked"), name);
    }

    [Fact]
    public void I_need_no_inventory_for_somebodys_kubeconfig_and_no_cluster_of_mine_lends_it_its_settings()
    {
        root.Write("inventory/lab/kubelab.yml", "smoke: { image: mine }");
        var file = root.Write("downloads/their.conf", "");

        var cluster = new ClusterLocator(root.Path).WithoutInventory(file, Nothing, Nothing);

        cluster.Settings.Smoke.Image.ShouldBeNull();
        cluster.RunsDirectory.ShouldBe(root.File("artifacts/kubeconfig/runs"));
        Should.Throw<UserError>(() => new ClusterLocator(root.Path).WithoutInventory(root.File("nowhere"), Nothing, Nothing))
            .Message.ShouldContain("There is no kubeconfig");
    }

    [Fact]
    public void I_am_told_which_clusters_there_are()
    {
        root.Write("inventory/lab/inventory.ini", "");
        root.Write("inventory/mycluster/hosts.yml", "");

        var error = Should.Throw<UserError>(() => Find("myclustr"));

        error.Message.ShouldContain("There is no inventory myclustr");
        error.Message.ShouldContain("Did you mean mycluster?");
        error.Remedy!.ShouldStartWith("There are: lab, mycluster.");
    }

    [Fact]
    public void I_am_told_that_a_folder_holds_no_inventory()
    {
        root.Write("inventory/mycluster/notes.txt", "");

        Should.Throw<UserError>(() => Find("mycluster")).Message.ShouldStartWith("inventory/mycluster holds no inventory");
    }

    [Fact]
    public void I_am_asked_which_inventory_when_there_are_two()
    {
        root.Write("inventory/mycluster/inventory.ini", "");
        root.Write("inventory/mycluster/hosts.yml", "");

        Should.Throw<UserError>(() => Find("mycluster")).Remedy!.ShouldContain("inventory: inventory.ini");
        root.Write("inventory/mycluster/kubelab.yml", "inventory: hosts.yml\n");
        Find("mycluster").InventoryFile.ShouldEndWith("hosts.yml");
    }

    // The lab makes its key with its nodes, whatever is installed on them.
    [Theory]
    [InlineData("machines: lab\n", true)]
    [InlineData("distribution: lab\n", true)]
    [InlineData("distribution: kubespray\n", false)]
    public void A_key_that_is_not_there_yet_is_no_mistake_where_the_lab_will_make_it(string machines, bool expected)
    {
        root.Write("inventory/mycluster/inventory.ini", "");
        root.Write("inventory/mycluster/kubelab.yml", $"{machines}ssh: {{ private_key: /nowhere/id_ed25519 }}\n");

        if (expected)
            Find("mycluster").Settings.Ssh.PrivateKey.ShouldBe("/nowhere/id_ed25519");
        else
            Should.Throw<UserError>(() => Find("mycluster")).Message.ShouldContain("ssh.private_key");
    }

    public void Dispose() => root.Dispose();

    private Cluster Find(string inventory) => new ClusterLocator(root.Path).Find(inventory, Nothing, Nothing);
}
