namespace KubeLab.Status;

/// <summary>Every node answers, with the privileges that a look at its configuration takes.</summary>
internal sealed class NodesAnswerCheck : IStatusCheck
{
    public string Id => "nodes-answer";
    public string Title => "Every node of the inventory answers";
    public int Rank => 10;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken) =>
        Task.FromResult(Judge(scene));

    private static IReadOnlyList<Finding> Judge(StatusScene scene)
    {
        // Another host key is said by the check of host keys.
        List<Finding> silent = [.. scene.Nodes.Where(node => node.Problem is not null && node.HostKey is null)
            .Select(node => Finding.Broken(
                node.Name, node.Probed.Failure?.Message ?? node.Problem!,
                node.Probed.Failure?.Remedy ?? $"Try it by hand: ./build.sh Ssh --node {node.Name}", unknown: true))];
        return silent.Count > 0 ? silent : [Finding.Same($"{scene.Nodes.Count} nodes answer")];
    }
}
