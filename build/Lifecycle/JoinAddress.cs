using KubeLab.Ssh;

namespace KubeLab.Lifecycle;

/// <summary>Where a node asks that joins the cluster. kubeadm has written the first control plane's address into cluster-info and
/// kubeadm-config, and when that one goes, Kubespray leaves it there to hands (docs/nodes.md, "Replacing a first control plane
/// node"), so that nothing joins any more: a balancer's address there is nobody's that leaves.</summary>
/// <param name="kubeconfig">The administrator's kubeconfig on a control plane.</param>
/// <param name="programs">The folder of Kubernetes' programs there.</param>
public sealed class JoinAddress(INodeShell shell, NodeBecome become, string kubeconfig, string programs)
{
    private const string Work = """
        ask() { kubectl --kubeconfig "$kubeconfig" --request-timeout 20s "$@"; }
        address() { ask get node "$1" --output 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}' < /dev/null; }
        set -eu
        to=$(address "$stays")
        for node in $leave; do
          from=$(address "$node" 2> /dev/null) || continue
          for map in kube-public/cluster-info kube-system/kubeadm-config; do
            written=$(ask --namespace "${map%/*}" get configmap "${map#*/}" --output yaml < /dev/null)
            pattern="\(server: https://\|controlPlaneEndpoint: \)$(printf %s "$from" | sed 's/\./\\./g'):"
            if printf '%s\n' "$written" | grep -q "$pattern"; then
              printf '%s\n' "$written" | sed "s#$pattern#\1$to:#" | ask replace --filename - > /dev/null
              echo "$map named $node ($from), and names $stays ($to) now"
            fi
          done
        done

        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Has those that join ask a node that stays, where they would ask one that leaves.</summary>
    /// <param name="stays">A control plane that works.</param>
    /// <param name="leave">The names of those that leave.</param>
    /// <returns>What was changed, a line each; none where nothing had to be.</returns>
    /// <exception cref="UserError">It can't be done: the API doesn't answer there.</exception>
    public async Task<IReadOnlyList<string>> LeadAwayAsync(
        Node stays, IReadOnlyList<string> leave, CancellationToken cancellationToken = default)
    {
        var script = $"""
            PATH={ShellWords.Quote(programs)}:$PATH
            kubeconfig={ShellWords.Quote(kubeconfig)} stays={ShellWords.Quote(stays.Name)}
            leave={ShellWords.Quote(string.Join(' ', leave))}
            {Work}
            """;
        var result = await shell.RunAsync(stays, become.Script(stays, script) with { Timeout = Limit }, cancellationToken);
        return result.Succeeded
            ? [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)]
            : throw new UserError(
                $"Whether what joins asks {string.Join(", ", leave)} can't be told on {stays.Name}: {result.Failure?.Message ?? PlainText.Line(result.Error.Trim().Split('\n')[^1])}",
                $"Should a node not join, look there once the API answers: kubectl --namespace kube-public get configmap cluster-info --output yaml; and kubeadm-config in kube-system.");
    }
}
