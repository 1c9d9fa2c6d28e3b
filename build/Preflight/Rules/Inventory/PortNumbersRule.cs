using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>What is called a port is one: 1 to 65535, or 0 where a component takes that as off.</summary>
internal sealed class PortNumbersRule() : ClusterRule("port-numbers", "Numbers of ports", RuleStage.Inventory)
{
    private const int Highest = 65535;
    private const string Login = "ansible_port";

    public override IReadOnlyList<string> Variables => [Login, "kube_apiserver_port"];

    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        SetVariables.Of(scene, name => name is "ansible_ssh_port" || name.EndsWith("_port", StringComparison.Ordinal))
            .Where(each => !IsPort(each.Variable, scene))
            .Select(each => Fail($"{each.Variable.Source}: {each.Variable.Name} is {each.Variable.Text}, which is no port",
                $"Correct it in {each.Variable.Source}: 1 to {Highest}.", each.Node)
                .Compared(each.Variable.Text, $"1 to {Highest}", "TCP"))
            .DefaultIfEmpty(Pass("every port is one"));

    // A name of one's own may end so and mean something else: only what the release reads, or what looks like a number, is
    // judged.
    private static bool IsPort(EffectiveVariable variable, PreflightContext scene)
    {
        var isLogin = variable.Name is Login or "ansible_ssh_port";
        if (variable.WholeNumber is { } number)
            return number <= Highest && number >= (isLogin ? 1 : 0);
        return variable.Value.ValueKind == JsonValueKind.String && !isLogin
            && scene.Variables.Default(variable.Name) is not { IsTemplate: false } || variable.Text.Length == 0;
    }
}
