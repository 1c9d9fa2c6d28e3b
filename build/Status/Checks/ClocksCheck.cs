using KubeLab.Preflight;

namespace KubeLab.Status;

/// <summary>The nodes' clocks agree.</summary>
internal sealed class ClocksCheck : IStatusCheck
{
    // As the preflight's rule: etcd warns from 1 s on; certificates and leases bear half a minute.
    private const double TooMuchForEtcd = 1;
    private const double TooMuch = 30;

    public string Id => "clocks";
    public string Title => "The nodes' clocks agree";
    public int Rank => 60;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        var reference = ClockReference.Among(scene.Nodes.Select(node => node.Probed));
        List<Finding> wrong = [.. scene.Nodes.SelectMany(node => Judge(node, reference))];
        return Task.FromResult<IReadOnlyList<Finding>>(wrong.Count > 0 ? wrong : [Finding.Same("the nodes' clocks agree")]);
    }

    private static IEnumerable<Finding> Judge(NodeStatus node, double reference)
    {
        if (node.Probed.ClockOffset is not { } offset)
            yield break;
        // Only what is certain, however slow the answer was.
        var apart = Math.Min(Math.Abs(offset.Least - reference), Math.Abs(offset.Most - reference));
        if ((offset.Least <= reference && offset.Most >= reference)
            || apart <= (node.Probed.IsEtcdMember ? TooMuchForEtcd : TooMuch))
            yield break;
        yield return Finding.Broken(
            node.Name, $"its clock is {TimeSpan.FromSeconds(Math.Round(apart)):c} {(offset.Seconds < reference ? "behind" : "ahead of")} the others'",
            "Set it (timedatectl set-ntp true, or chronyc makestep). A Deploy sets no clock.");
    }
}
