using KubeLab.Clusters;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Runs;
using KubeLab.Tests.Ansible;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

/// <summary>Encrypted variables, with a real Ansible.</summary>
public class DeploymentReaderTests : IDisposable
{
    private readonly TemporaryDirectory secrets = new();

    [Fact]
    public async Task What_is_encrypted_is_judged_and_never_shown_and_what_is_damaged_costs_only_itself()
    {
        using var scene = new AnsibleScene(settings: new ClusterSettings { Ansible = new() { VaultPasswordFile = Password() } });
        var block = await EncryptedAsync("kube_service_addresses", "10.233.64.0/18");
        scene.Directory.Write("cluster/group_vars/all.yml", $"{block}damaged: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61626364\nkube_pods_subnet: 10.233.64.0/18\n");
        var mask = new SecretMask();

        var deployment = await new DeploymentReader(scene.Commands, mask, scene.Directory.Path).ReadAsync(await scene.EnvironmentAsync(), TestContext.Current.CancellationToken);
        var report = await new PreflightRunner(deployment, null, TimeProvider.System)
            .ValidateInventoryAsync(new PreflightOptions { Checks = ["subnets", "vault"] }, cancellationToken: TestContext.Current.CancellationToken);

        deployment.Inventory.ControlPlane[0].Text("kube_service_addresses").ShouldBe("10.233.64.0/18");
        var failures = report.Findings.Where(finding => finding.Status == FindingStatus.Failed).ToList();
        failures.Select(finding => finding.Check).ShouldBe(["subnets", "vault"]);
        failures[0].Message.ShouldContain("share addresses");
        failures[1].Message.ShouldContain("damaged is encrypted, and Ansible can't decrypt it");
        failures.ShouldAllBe(finding => !mask.Mask($"{finding}{finding.Observed}").Contains("10.233.64.0/18"));
    }

    [Fact]
    public async Task Without_a_password_I_am_told_which_variables_are_encrypted_and_where()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("cluster/group_vars/all.yml", $"# mine\n{await EncryptedAsync("one", "first")}{await EncryptedAsync("two", "second")}");

        var deployment = await new DeploymentReader(scene.Commands, new SecretMask(), scene.Directory.Path).ReadAsync(await scene.EnvironmentAsync(), TestContext.Current.CancellationToken);
        var report = await new PreflightRunner(deployment, null, TimeProvider.System)
            .ValidateInventoryAsync(new PreflightOptions { Checks = ["vault"] }, cancellationToken: TestContext.Current.CancellationToken);

        var failures = report.Findings.Where(finding => finding.Status == FindingStatus.Failed).ToList();
        failures.Count.ShouldBe(2);
        failures[0].Message.ShouldStartWith("cluster/group_vars/all.yml:2: one is encrypted");
        failures.ShouldAllBe(finding => finding.Remedy!.Contains("--vault-password-file"));
    }

    [Theory]
    [InlineData("ansible_host=\"{{ prefix }}.{{ number }}\" ip=\"{{ ansible_host }}\"", "")]
    [InlineData("", "ansible_host: \"{{ prefix }}.{{ number }}\"\nip: '{{ ansible_host }}'\n")]
    [InlineData("", "ansible_host: >-\n  {{ prefix }}.{{ number }}\nip:\n  \"{{ ansible_host }}\"\n")]
    public async Task Addresses_that_are_templates_are_resolved_wherever_and_however_they_are_written(string ofHost, string ofGroup)
    {
        using var scene = new AnsibleScene($"[all]\nk8s-m0 ansible_connection=local number=1 {ofHost}\nk8s-n0 ansible_connection=local {ofHost}\n"
            + "[kube_control_plane]\nk8s-m0\n[etcd]\nk8s-m0\n[kube_node]\nk8s-n0\n");
        scene.Directory.Write("cluster/group_vars/all.yml", $"prefix: 192.0.2\n{ofGroup}");

        var deployment = await new DeploymentReader(scene.Commands, new SecretMask(), scene.Directory.Path).ReadAsync(await scene.EnvironmentAsync(), TestContext.Current.CancellationToken);

        var nodes = deployment.Inventory.Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        (nodes["k8s-m0"].Text("ansible_host"), nodes["k8s-m0"].Text("ip")).ShouldBe(("192.0.2.1", "192.0.2.1"));
        nodes["k8s-m0"].UnresolvedConnection.ShouldBeNull();
        nodes["k8s-n0"].UnresolvedConnection!.ShouldContain("number");
    }

    public void Dispose() => secrets.Dispose();

    private string Password()
    {
        var file = secrets.Write("password", "open sesame\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private async Task<string> EncryptedAsync(string name, string value)
    {
        var command = (await RealAnsible.ToolchainAsync()).Command("ansible-vault", "encrypt_string", "--vault-password-file", Password(), "--name", name, value);
        return $"{(await new CommandRunner().RunAsync(command)).EnsureSucceeded("ansible-vault").StandardOutput.TrimEnd()}\n";
    }
}
