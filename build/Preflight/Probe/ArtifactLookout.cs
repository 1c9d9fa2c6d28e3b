using KubeLab.Ansible;
using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>Finds out what nodes download, and lets them ask for it.</summary>
internal sealed class ArtifactLookout(INodeShell shell, DownloadLister lister)
{
    /// <summary>Asks from all nodes that answered.</summary>
    public async Task<ArtifactLook> LookAsync(PreflightContext scene, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(scene.Distribution.File("roles/download")))
            return new ArtifactLook(new Dictionary<string, ArtifactAnswers>(), null)
            { NothingToAsk = "the distribution downloads nothing" };
        try
        {
            var nodes = scene.Answered.Select(each => (each.Node.Node, System: SystemOf(each.Facts))).ToList();
            var ofNodes = new Dictionary<Node, IReadOnlyList<Download>>();
            foreach (var alike in nodes.GroupBy(each => each.System))
            {
                var list = await lister.ListAsync(alike.Key, cancellationToken: cancellationToken);
                foreach (var (node, _) in alike)
                    ofNodes[node] = [.. list.Downloads.Where(each => each.Hosts.Contains(node.Name))];
            }

            return new ArtifactLook(
                await new ArtifactProber(shell, scene.Variables).ProbeAsync(ofNodes, cancellationToken), null);
        }
        catch (UserError error)
        {
            return new ArtifactLook(new Dictionary<string, ArtifactAnswers>(), error.Problem);
        }
    }

    private static TargetSystem SystemOf(NodeFacts facts) =>
        TargetSystem.OfNode(facts.OperatingSystem?.Id, facts.OperatingSystem?.VersionId, facts.Machine);
}
