namespace KubeLab.Smoke;

/// <summary>Runs <c>etcdctl</c> where etcd can be reached with its own certificates.</summary>
public interface IEtcdClient
{
    /// <summary>Runs <c>etcdctl</c> once, reading only.</summary>
    /// <param name="arguments">Its arguments, without endpoints and certificates.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its answer; a failing call is a result, not an exception.</returns>
    Task<KubectlResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default);
}
