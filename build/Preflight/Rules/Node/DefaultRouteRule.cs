namespace KubeLab.Preflight;

/// <summary>The node has a default route: without it and without <c>ip</c>, Ansible finds no address to join with.</summary>
internal sealed class DefaultRouteRule() : NodeRule("default-route", "Default route")
{
    private const string ForAddress = "Kubespray's main_ip: ip, else ansible_default_ipv4.address";

    public override IReadOnlyList<string> Variables => ["ip"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.DefaultRoutes is not { } routes)
            yield return Skip("the node's /proc/net/route can't be read");
        else if (routes.Count > 0)
            yield return Pass($"by {string.Join(", ", routes)}") with { Observed = routes[0] };
        else if (scene.Variables.Of(node.Node, "ip") is not null)
            yield return Warn(
                $"{node.Name} has no default route",
                "Give it one: images, packages and programs come from outside, unless everything is mirrored inside.")
                .Compared("none", "a default route", ForAddress);
        else
            yield return Fail(
                $"{node.Name} has no default route, and the inventory gives it no ip: there is no address that it could join with",
                "Give it a default route, or set ip in the inventory.")
                .Compared("none", "a default route, or ip", ForAddress);
    }
}
