namespace KubeLab.Preflight;

/// <summary>The node's clock agrees with the others': within 1 s among members of etcd, which complains from there on, and within
/// 30 s elsewhere, as certificates and leases need it. What counts is the middle clock, so that one that is wrong does not make
/// the others look wrong.</summary>
internal sealed class ClockRule() : NodeRule("clock", "Clock")
{
    private const double Notable = 0.5;
    private const double TooMuchForEtcd = 1;
    private const double TooMuch = 30;

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (node.ClockOffset is not { } offset)
            return [Skip("the node's date can't be read")];
        var reference = ClockReference.Among(scene.Nodes);
        var apart = offset.Seconds - reference;
        var observed = $"{(apart < 0 ? "-" : "+")}{Shown(Math.Abs(apart))}";
        var limit = node.IsEtcdMember ? TooMuchForEtcd : TooMuch;
        return [Verdict(node, offset, reference, limit, observed)
            .Compared(observed, Shown(limit), "etcd warns from 1 s on; field practice elsewhere")];
    }

    private Finding Verdict(ProbedNode node, ClockOffset offset, double reference, double limit, string observed)
    {
        var apart = offset.Seconds - reference;
        if (Math.Abs(apart) <= Notable)
            return Pass($"{observed} against the others");
        // The bounds of a slow answer may leave room for a clock that is right.
        var sure = Math.Min(Math.Abs(offset.Least - reference), Math.Abs(offset.Most - reference));
        if ((offset.Least <= reference && offset.Most >= reference) || sure <= Notable)
            return Skip(
                $"the answer took too long to tell: between {Shown(offset.Least - reference)} and {Shown(offset.Most - reference)}");
        var problem = $"{node.Name}: its clock is {Shown(Math.Abs(apart))} {(apart < 0 ? "behind" : "ahead of")} the others'";
        var remedy =
            $"Set it (timedatectl set-ntp true, or chronyc makestep), and see that a time service keeps it on {node.Name}.";
        return sure > limit ? Fail(problem, remedy) : Warn(problem, remedy);
    }

    private static string Shown(double seconds) => Math.Abs(seconds) < 3600
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h");
}
