using KubeLab.Distributions;
using KubeLab.Variables;
using Version = System.Version;

namespace KubeLab.Preflight;

/// <summary>
/// The distribution has a checksum of each version that the inventory asks for, and the Kubernetes is not older than it accepts.
/// One
/// version that a table lacks breaks the table of all downloads, up to ansible-core 2.18.
/// </summary>
internal sealed class VersionsRule() : ClusterRule("versions", "Versions to download", RuleStage.Inventory)
{
    private const string Kubernetes = "kube_version";
    private const string Least = "kube_version_min_required";
    private static readonly Version Lazy = new(2, 19);

    public override IReadOnlyList<string> Variables => [Kubernetes, Least];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var names = scene.Distribution.ChecksumTables.Versions.ToHashSet(StringComparer.Ordinal);
        return SetVariables.Of(scene, names.Contains).SelectMany(each => Judge(each.Variable, scene))
            .DefaultIfEmpty(Pass("the distribution knows every version"));
    }

    private IEnumerable<Finding> Judge(EffectiveVariable variable, PreflightContext scene)
    {
        bool IsSet(string name) => scene.Variables.OfCluster(name) is { IsDefault: false };
        var tables = scene.Distribution.ChecksumTables;
        if (variable.Name == Kubernetes && scene.Distribution.KubernetesVersions.Minimum is { } least
            && KubernetesVersions.Parse(variable.Text) is { } version && version < least && !IsSet(Least))
            yield return TooOld(variable, scene.Distribution.KubernetesVersions.Write(least), scene);
        else if (tables.Of(variable.Name, IsSet).FirstOrDefault(rows => rows
            .All(row => row.Version != variable.Text)) is { } table)
            yield return Missing(variable, [.. table.Select(row => row.Version).Distinct()], table[0].Source, scene);
    }

    private Finding TooOld(EffectiveVariable variable, string least, PreflightContext scene) => Fail(
        $"{variable.Source}: {variable.Name} is {variable.Text}, and the release installs {least} at the oldest ({Least})",
        $"Choose a newer one in {variable.Source}, or an older release of the distribution.")
            .Compared(variable.Text, $"at least {least}", scene.Variables.Default(Least)?.Source ?? (FindingSource)Least);

    private Finding Missing(EffectiveVariable variable, IReadOnlyList<string> known, VariableSource table, PreflightContext scene)
    {
        var text = variable.Text;
        var other = text.StartsWith('v') ? text[1..] : $"v{text}";
        var minor = string.Join('.', text.TrimStart('v').Split('.').Take(2));
        var sorted = known.OrderDescending(Comparer<string>.Create(Compare)).ToList();
        var newest = sorted.Find(each => each.TrimStart('v').StartsWith($"{minor}.", StringComparison.Ordinal));
        var advice = known.Contains(other) ? $"this release writes it {other}"
            : newest is not null ? $"the newest of {minor} is {newest}"
            : $"it has {sorted[^1]} to {sorted[0]}";
        var problem = $"{variable.Source}: {variable.Name} is {text}, of which the release has no checksum; {advice}";
        var remedy =
            $"Write {(known.Contains(other) ? other : newest ?? "one that it has")} in {variable.Source}, or give the checksums in the inventory.";
        var isFatal = variable.Name == Kubernetes || scene.Deployment.Ansible.Toolchain.Version < Lazy;
        return (isFatal ? Fail(problem, remedy) : Warn(problem, remedy))
            .Compared(text, known.Contains(other) ? other : newest ?? "a version in the table", table);
    }

    private static int Compare(string one, string other) =>
        (Version.TryParse(one.TrimStart('v'), out var first), Version.TryParse(other.TrimStart('v'), out var second)) switch
        {
            (true, true) => first!.CompareTo(second),
            (var left, var right) when left != right => left ? 1 : -1,
            _ => string.CompareOrdinal(one, other),
        };
}
