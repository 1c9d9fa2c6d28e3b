namespace KubeLab.Preflight;

/// <summary>The networks of Services and of pods are networks and share no address, as Kubespray asserts.</summary>
internal sealed class SubnetsRule() : ClusterRule("subnets", "Networks of Services and pods", RuleStage.Inventory)
{
    public override IReadOnlyList<string> Variables => ClusterSubnets.Variables;

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        foreach (var (services, pods) in ClusterSubnets.Pairs(scene.Variables))
        {
            yield return Notation(services, scene);
            yield return Notation(pods, scene);
            if (services.Network is { } one && pods.Network is { } other && Subnet.Overlap(one, other))
                yield return Overlap(services, pods, scene);
        }
    }

    private Finding Notation(ClusterSubnet subnet, PreflightContext scene)
    {
        if (subnet.Variable is not { } variable)
            return Skip($"neither the inventory nor the distribution sets {subnet.Name}");
        var verdict = variable.Unresolved is { } reason ? Skip($"{subnet.Name} is {variable.Text}: {reason}")
            : subnet.Network is { } network ? Pass($"{subnet.Name} is {network}")
            : Fail(
                $"{subnet.Name} is {variable.Text}, which is no network",
                $"Write it as ADDRESS/LENGTH, such as 10.233.0.0/18, in {scene.Variables.WhereToChange(variable)}.");
        return verdict.Compared(variable.Text, "a network", variable.Source);
    }

    private Finding Overlap(ClusterSubnet services, ClusterSubnet pods, PreflightContext scene) => Fail(
        $"{services.Name} {services.Network} and {pods.Name} {pods.Network} share addresses",
        $"Give them networks of their own: {services.Name} in {scene.Variables.WhereToChange(services.Variable!)}, {pods.Name} in {scene.Variables.WhereToChange(pods.Variable!)}.")
            .Compared($"{services.Network}, {pods.Network}", "disjoint networks", services.Variable!.Source);
}
