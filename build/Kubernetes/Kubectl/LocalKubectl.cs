namespace KubeLab.Kubernetes;

/// <summary>A kubectl on this machine.</summary>
/// <param name="program">Its path, or its name where it lies on the PATH.</param>
/// <param name="kubeconfig">Its path; null for kubectl's own choice (<c>KUBECONFIG</c>, <c>~/.kube/config</c>).</param>
public sealed class LocalKubectl(CommandRunner runner, string program, string? kubeconfig) : IKubectl
{
    public string Description => program;
    public bool IsLocal => true;

    public async Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<string> arguments = kubeconfig is null ? call.Arguments : ["--kubeconfig", kubeconfig, .. call.Arguments];
        var command = new CommandLine(program, arguments) { StandardInput = call.StandardInput, Timeout = call.Limit };
        var result = await runner.RunToLimitAsync(command, cancellationToken: cancellationToken);
        return new KubectlResult($"{command}", result.ExitCode, result.StandardOutput, result.StandardError, result.Duration)
        { TimedOut = result.TimedOut };
    }
}
