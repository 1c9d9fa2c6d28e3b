namespace KubeLab.Smoke;

/// <summary>Runs kubectl: the smoke test's only client of a cluster.</summary>
public interface IKubectl
{
    /// <summary>Which kubectl this is and where it runs, for people: <c>/usr/bin/kubectl</c>, <c>kubectl on k8s-m0</c>.</summary>
    string Description { get; }

    /// <summary>Whether it runs on this machine, so that it reaches what this machine reaches.</summary>
    bool IsLocal { get; }

    /// <summary>Runs kubectl once. A failing call and one that is out of time are results, not exceptions.</summary>
    /// <param name="call">The arguments, the standard input and the time limit.</param>
    /// <param name="cancellationToken">Ends kubectl.</param>
    /// <exception cref="KubeLab.Commands.UserError">kubectl can't be started.</exception>
    /// <exception cref="OperationCanceledException">The test was cancelled.</exception>
    Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default);
}
