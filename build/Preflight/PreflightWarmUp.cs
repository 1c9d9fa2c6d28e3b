using KubeLab.Ansible;
using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>A preflight of this machine, in place of a node, while Ansible reads the inventory and leaves a processor free: the
/// runtime has then compiled what the nodes need, which would hold them up. Nobody is told what it finds, and nothing is
/// written.</summary>
public static class PreflightWarmUp
{
    /// <summary>Runs it. It never throws.</summary>
    /// <returns>What it found; null where it broke off, or where there is but one processor.</returns>
    public static async Task<PreflightReport?> RunAsync(
        AnsibleEnvironment ansible, INodeShell shell, CancellationToken cancellationToken)
    {
        if (Environment.ProcessorCount < 2)
            return null;
        try
        {
            // As the user that runs already: nothing asks for a password.
            var cluster = ansible.Cluster;
            var settings = cluster.Settings with { Become = new BecomeSettings { User = Environment.UserName } };
            var here = new Deployment(ansible with { Cluster = cluster with { Settings = settings } }, Here(), cluster.Directory);
            var checks = new PreflightRunner(here, null, TimeProvider.System);
            var report = await checks.ValidateNodesAsync(shell, new PreflightOptions(), null, null, cancellationToken);
            RecordJson.Write(Stream.Null, report);
            return report;
        }
        catch (Exception)
        {
            // The real one will say what is wrong.
            return null;
        }
    }

    private static Inventory Here()
    {
        string[] groups = [NodeGroups.ControlPlane, NodeGroups.Etcd, NodeGroups.Worker];
        var variables = new Dictionary<string, JsonElement>()
        { ["ansible_connection"] = JsonSerializer.SerializeToElement("local") };
        var node = new Node("rehearsal", groups.ToHashSet(), variables);
        var members = groups.ToDictionary(group => group, IReadOnlyList<string> (_) => [node.Name]);
        return new Inventory("", [node], [], members, new Dictionary<string, IReadOnlyList<string>>());
    }
}
