namespace KubeLab.Status;

/// <summary>Each node shows the host key that is known for it.</summary>
internal sealed class HostKeysCheck : IStatusCheck
{
    public string Id => "host-keys";
    public string Title => "Each node shows the host key that is known for it";
    public int Rank => 50;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken)
    {
        List<Finding> others = [.. scene.Nodes.Where(node => node.HostKey is not null).Select(node => Finding.Drift(
            node.Name, node.HostKey!,
            "Find out why: was the machine installed anew, or does another one answer? Then ./build.sh PinHosts --replace-pins. "
            + "A Deploy is refused by it."))];
        return Task.FromResult<IReadOnlyList<Finding>>(
            others.Count > 0 ? others : [Finding.Same("no node shows another host key than the known one")]);
    }
}
