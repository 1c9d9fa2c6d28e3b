namespace KubeLab.Kubernetes;

/// <summary>
/// Lets only so many calls run at once: an SSH server takes ten sessions on one connection, and this machine has few cores.
/// </summary>
public sealed class BoundedKubectl(IKubectl kubectl, int atOnce) : IKubectl, IDisposable
{
    private readonly SemaphoreSlim free = new(atOnce, atOnce);

    public string Description => kubectl.Description;
    public bool IsLocal => kubectl.IsLocal;

    public void Dispose() => free.Dispose();

    public async Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default)
    {
        await free.WaitAsync(cancellationToken);
        try
        {
            return await kubectl.RunAsync(call, cancellationToken);
        }
        finally
        {
            free.Release();
        }
    }
}
