using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Ansible can decrypt every variable that is encrypted, as the playbook will have to; its value is never
/// shown.</summary>
internal sealed class VaultRule() : ClusterRule("vault", "Encrypted variables", RuleStage.Inventory)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        scene.Inventory.Nodes.Concat(scene.Inventory.Others)
            .SelectMany(node => node.Variables.Where(variable => Vault.IsIn(variable.Value))
                .Select(variable => (Node: node, variable.Key)))
            .GroupBy(each => (each.Key, Source: scene.Variables.Of(each.Node, each.Key)!.Source))
            .Select(each => Closed(each.Key.Key, each.Key.Source, scene))
            .DefaultIfEmpty(Pass("Ansible can decrypt what is encrypted"));

    private Finding Closed(string name, VariableSource place, PreflightContext scene)
    {
        var file = scene.Cluster.Settings.Ansible.VaultPasswordFile;
        var problem = $"{place}: {name} is encrypted, and Ansible can't decrypt it: "
            + (file is null ? "no password was given, or it is another one"
                : $"the password in {scene.Deployment.Shown(file)} is another one, or the block is damaged");
        return Fail(
            problem,
            file is null ? "Give the password with --vault-password-file, or as ansible.vault_password_file in kubelab.yml."
                : $"Give the right one with --vault-password-file, or encrypt {name} anew with ansible-vault.")
                    .Compared("encrypted", "a value that can be decrypted", place);
    }
}
