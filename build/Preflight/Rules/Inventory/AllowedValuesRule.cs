namespace KubeLab.Preflight;

/// <summary>A variable whose values an assert of the distribution lists has one of them.</summary>
internal sealed class AllowedValuesRule() : ClusterRule("allowed-values", "Values that the release accepts", RuleStage.Inventory)
{
    public override IReadOnlyList<string> Variables =>
    [
        "cert_management", "cloud_provider", "container_manager", "dns_mode", "etcd_deployment_type", "kube_network_plugin",
            "kube_proxy_mode",
        "resolvconf_mode",
    ];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var allowed = scene.Distribution.VariableDemands.Allowed;
        return SetVariables.Of(scene, allowed.ContainsKey)
            .Select(each => (each.Variable, Allowed: allowed[each.Variable.Name]))
            .Where(each => !each.Allowed.Values.Contains(each.Variable.Text))
            .Select(each => Fail(
                $"{each.Variable.Source}: {each.Variable.Name} is {each.Variable.Text}, and the release accepts "
                    + $"{string.Join(", ", each.Allowed.Values)}.{NearestName.Hint(each.Variable.Text, each.Allowed.Values)}",
                $"Correct {each.Variable.Name} in {each.Variable.Source}.")
                    .Compared(each.Variable.Text, string.Join(", ", each.Allowed.Values), each.Allowed.Source))
            .DefaultIfEmpty(Pass("every value is one that the release accepts"));
    }
}
