using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Clusters;

/// <summary>The Ansible of this machine, with a distribution that is configured as Kubespray is.</summary>
internal static class RealAnsible
{
    // Of Kubespray's ansible.cfg, what bears on inventories, facts and host keys.
    private const string Configuration = "[defaults]\nforce_valid_group_names = ignore\nhost_key_checking = False\ngathering = smart\nfact_caching = jsonfile\nfact_caching_connection = /tmp\nfact_caching_timeout = 86400\ninventory_ignore_extensions = ~, .orig, .bak, .ini, .cfg, .retry, .pyc, .pyo, .creds, .gpg\n[inventory]\nignore_patterns = artifacts, credentials\n[ssh_connection]\nssh_args = -o UserKnownHostsFile=/dev/null\n";

    // Asked once for all tests, as it starts Ansible.
    private static readonly Lazy<Task<IReadOnlyList<AnsibleToolchain>>> OnPath = new(() => new AnsibleFinder(new CommandRunner()).OnPathAsync());

    public static async Task<AnsibleToolchain> ToolchainAsync()
    {
        Programs.Require("ansible-playbook");
        return (await OnPath.Value)[0];
    }

    public static Distribution Distribution(TemporaryDirectory root)
    {
        root.Write("distribution/cluster.yml", "---\n");
        root.Write("distribution/ansible.cfg", Configuration);
        return KubeLab.Distributions.Distribution.Open("a distribution", root.File("distribution"));
    }

    public static async Task<AnsibleEnvironment> EnvironmentAsync(Cluster cluster, Distribution distribution) =>
        new(cluster, distribution, await ToolchainAsync(), new SshOptions(cluster));

    public static async Task<Inventory> ReadAsync(Cluster cluster, TemporaryDirectory root) =>
        await new InventoryReader(new CommandRunner(), await EnvironmentAsync(cluster, Distribution(root)), root.Path).ReadAsync();

    public static Task<PreflightReport> ValidateAsync(Cluster cluster, Inventory inventory, TemporaryDirectory root) =>
        ValidateAsync(cluster, inventory, Distribution(root), root);

    public static async Task<PreflightReport> ValidateAsync(Cluster cluster, Inventory inventory, Distribution distribution, TemporaryDirectory root)
    {
        var deployment = new Deployment(await EnvironmentAsync(cluster, distribution), inventory, root.Path);
        return await new PreflightRunner(deployment, null, TimeProvider.System).ValidateInventoryAsync(new PreflightOptions());
    }
}
