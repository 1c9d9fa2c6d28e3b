namespace KubeLab.Kubernetes;

/// <summary>Runs kubectl: the smoke test's only client of a cluster.</summary>
public interface IKubectl
{
    /// <summary>Which kubectl this is and where it runs, for people: <c>/usr/bin/kubectl</c>, <c>kubectl on k8s-m0</c>.</summary>
    string Description { get; }

    /// <summary>Whether it runs on this machine, so that it reaches what this machine reaches.</summary>
    bool IsLocal { get; }

    /// <summary>Runs kubectl once. A failing call and one that is out of time are results, not exceptions.</summary>
    /// <exception cref="KubeLab.Commands.UserError">kubectl can't be started.</exception>
    /// <exception cref="OperationCanceledException">The test was cancelled.</exception>
    Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default);

    /// <summary>What a call prints that has to succeed.</summary>
    /// <exception cref="ApiProblem">It failed.</exception>
    async Task<string> OutputAsync(KubectlCall call, string what, CancellationToken cancellationToken)
    {
        var result = await RunAsync(call, cancellationToken);
        return result.Succeeded ? result.Output : throw ApiProblem.From(what, result);
    }
}

/// <summary>One call of kubectl.</summary>
/// <param name="Arguments">Its arguments, without the program and without the kubeconfig.</param>
public sealed record KubectlCall(IReadOnlyList<string> Arguments)
{
    /// <summary>What kubectl reads with <c>-f -</c>, or null for nothing.</summary>
    public string? StandardInput { get; init; }

    /// <summary>How long the call may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A call from its arguments.</summary>
    public static KubectlCall Of(params IReadOnlyList<string> arguments) => new(arguments);

    /// <summary>A read of one path of the API: no discovery, no cache, the same for every version of kubectl.</summary>
    public static KubectlCall Read(string path, TimeSpan limit) => new(["get", "--raw", path]) { Limit = limit };
}

/// <summary>What a call of kubectl left behind.</summary>
/// <param name="ExitCode">kubectl's exit code; -1 where it was ended at its time limit.</param>
/// <param name="Output">Its standard output; up to the limit, where it was ended.</param>
public sealed record KubectlResult(string Command, int ExitCode, string Output, string Error, TimeSpan Duration)
{
    /// <summary>Whether the call was ended at its time limit.</summary>
    public bool TimedOut { get; init; }

    /// <summary>Whether kubectl ended by itself with exit code 0.</summary>
    public bool Succeeded => !TimedOut && ExitCode == 0;
}

/// <summary>An object of the cluster that a finding is about, and whose description is its evidence.</summary>
/// <param name="Kind">Its kind as kubectl takes it: <c>pod</c>, <c>node</c>.</param>
/// <param name="Namespace">Its namespace; null for what has none.</param>
public sealed record ObjectReference(string Kind, string Name, string? Namespace = null)
{
    /// <summary>The object as people write it: <c>pod kube-system/etcd-m0</c>.</summary>
    public override string ToString() => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>Lets only so many calls run at once: an SSH connection takes ten sessions, and this machine has few cores.</summary>
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
