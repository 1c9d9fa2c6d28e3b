namespace KubeLab.Kubernetes;

/// <summary>
/// Lets only so many calls run at once: an SSH server takes ten sessions on one connection, and this machine has few cores.
/// </summary>
public sealed class BoundedKubectl(IKubectl kubectl, int atOnce) : IKubectl, IDisposable
{
    private readonly SemaphoreSlim _free = new(atOnce, atOnce);

    public string Description => kubectl.Description;
    public bool IsLocal => kubectl.IsLocal;

    public void Dispose() => _free.Dispose();

    public async Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await kubectl.RunAsync(call, cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }
}
