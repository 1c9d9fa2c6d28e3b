using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Nodes are reached in a way in which Kubespray can install them: over SSH, or as the control machine itself.</summary>
internal sealed class ConnectionsRule() : ClusterRule("connections", "Connections to the nodes", RuleStage.Inventory)
{
    private const string Connection = "ansible_connection";
    private static readonly string[] Usable = ["ssh", "smart", "local", "paramiko", "paramiko_ssh"];
    private static readonly string[] OfWindows = ["winrm", "psrp", "aws_winrm"];
    private static readonly string[] OfDevices = ["network_cli", "netconf", "httpapi"];

    public override IReadOnlyList<string> Variables => [Connection];

    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        scene.Inventory.Nodes.SelectMany(node => Judge(node, scene)).DefaultIfEmpty(Pass("Ansible reaches every node over SSH"));

    private IEnumerable<Finding> Judge(Node node, PreflightContext scene)
    {
        if (scene.Variables.Of(node, Connection) is { Unresolved: null } connection && connection.Text.Split('.')[^1] is var kind
            && !Usable.Contains(kind))
        {
            var isForeign = OfWindows.Concat(OfDevices).Contains(kind);
            var problem = $"{connection.Source}: {node.Name} is reached by {connection.Text}, "
                + (OfWindows.Contains(kind) ? "and Kubespray installs no Windows nodes" : isForeign ? "as a network device is"
                    : "and KubeLab only looks at nodes over SSH");
            var remedy = $"Take {node.Name} out of the cluster's groups, or reach it over SSH.";
            yield return (isForeign ? Fail(problem, remedy, node) : Warn(problem, remedy, node))
                .Compared(connection.Text, "ssh", connection.Source);
        }
        else if (scene.Variables.Of(node, "ansible_shell_type") is { Text: "powershell" or "cmd" } shell)
        {
            yield return Fail(
                $"{shell.Source}: the shell of {node.Name} is {shell.Text}, and Kubespray installs no Windows nodes",
                    $"Take {node.Name} out of the cluster's groups.", node)
                .Compared(shell.Text, "sh", shell.Source);
        }
    }
}
