namespace KubeLab.Smoke;

/// <summary>An object of the cluster that a finding is about, and whose description is its evidence.</summary>
/// <param name="Kind">Its kind as kubectl takes it: <c>pod</c>, <c>node</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace; null for what has none.</param>
public sealed record ObjectReference(string Kind, string Name, string? Namespace = null)
{
    /// <summary>The object as people write it: <c>pod kube-system/etcd-m0</c>.</summary>
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
