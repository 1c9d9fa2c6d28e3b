using KubeLab.Distributions;
using KubeLab.Kubernetes;

namespace KubeLab.Lifecycle;

/// <summary>Where an upgrade has stopped, by what the cluster says, and the ways on and back.</summary>
public static class HalfwayUpgrade
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Asks the cluster.</summary>
    /// <param name="kubectl">Finds a kubectl.</param>
    /// <param name="wanted">The Kubernetes that it was to come to.</param>
    /// <param name="command">The command that was given.</param>
    /// <returns>What to tell, a line each.</returns>
    public static async Task<IReadOnlyList<string>> LookAsync(
        Func<Task<IKubectl>> kubectl, string wanted, string command, CancellationToken cancellationToken = default)
    {
        try
        {
            var api = new KubeApi(await kubectl(), Limit, cancellationToken);
            var nodes = await api.ListAsync(ApiPaths.Nodes, KubeNode.Read);
            return Tell((await api.ReadAsync(ApiPaths.Version)).Text("gitVersion"), nodes, wanted, command);
        }
        catch (Exception exception) when (exception is ApiProblem or UserError)
        {
            return
            [
                $"Where it has stopped can't be told, as the API does not answer: {exception.Message}",
                "On the control plane, what it says is in: journalctl -u kubelet, and crictl ps -a.",
                .. OnAndBack(command),
            ];
        }
    }

    /// <summary>What to tell.</summary>
    /// <param name="server">The API server's version; null where it doesn't say.</param>
    public static IReadOnlyList<string> Tell(
        string? server, IReadOnlyList<KubeNode> nodes, string wanted, string command)
    {
        var there = KubernetesVersions.Parse(wanted);
        var states = nodes.GroupBy(node => node.KubeletVersion).OrderBy(each => KubernetesVersions.Parse(each.Key) == there)
            .Select(each => $"{each.Key} on {string.Join(", ", each.Select(node => node.Name))}");
        var unready = nodes.Where(node => node.Condition("Ready") is not { Status: "True" }).Select(node => node.Name).ToList();
        var cordoned = nodes.Where(node => node.Unschedulable).Select(node => node.Name).ToList();
        return
        [
            $"It has stopped half-way to {wanted}: the API server that answers is {server ?? "of an unknown version"}; kubelets: {string.Join("; ", states)}.",
            .. unready.Count == 0 ? [] : new[] { $"Not ready: {string.Join(", ", unready)}." },
            .. cordoned.Count == 0 ? [] : new[]
            {
                $"Cordoned, so that no new pod comes there: {string.Join(", ", cordoned)}. Before going on: kubectl uncordon {string.Join(' ', cordoned)}; the playbook neither drains nor uncordons what it finds cordoned.",
            },
            .. OnAndBack(command),
        ];
    }

    // Kubespray's roles/etcd/handlers/backup.yml (v2.18.2 to main) takes the snapshot before etcd is restarted.
    private static IEnumerable<string> OnAndBack(string command) =>
    [
        $"On: mend what failed, then the same again: {command}. What is done already is only looked at.",
        "Back: Kubernetes has no way back to an older version. The state before is in etcd's snapshot, where Kubespray has left one: the newest /var/backups/etcd-*/snapshot.db of its members.",
    ];
}
