using KubeLab.Ansible;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>No key comes twice in a mapping of the inventory's files: Ansible takes the last one, and only warns.</summary>
internal sealed class RepeatedKeysRule() : ClusterRule(
    "repeated-keys", "Keys that come twice", RuleStage.Inventory, FindingStatus.Warning)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        FilesRead.Of(scene.Deployment).Select(file => file.Text).Concat(Inventories(scene))
            .SelectMany(text => text.Outline?.Repeated ?? [])
            .Select(key => Warn(
                $"{key.First.Path}:{key.Line}: {key.Key} comes again, after line {key.First.Line}: the last one holds",
                $"Take one of them out, on line {key.First.Line} or {key.Line} of {key.First.Path}.")
                    .Compared($"lines {key.First.Line} and {key.Line}", "one line", key.First with { Line = key.Line }))
            .DefaultIfEmpty(Pass("no key comes twice"));

    private static IEnumerable<VariableText> Inventories(PreflightContext scene) => scene.Cluster.Inventories
        .Where(file => Path.GetExtension(file) is ".yml" or ".yaml" && File.Exists(file))
        .Select(file => VariableText.Read(file, scene.Deployment.Shown(file)));
}
