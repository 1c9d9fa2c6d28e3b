using System.Text;

namespace KubeLab.Kubernetes;

/// <summary>A kubectl on this machine.</summary>
/// <param name="program">Its path, or its name where it lies on the PATH.</param>
/// <param name="kubeconfig">The kubeconfig's path; null for kubectl's own choice (<c>KUBECONFIG</c>, <c>~/.kube/config</c>).</param>
public sealed class LocalKubectl(CommandRunner runner, string program, string? kubeconfig) : IKubectl
{
    public string Description => program;

    public bool IsLocal => true;

    public async Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default)
    {
        var command = Describe(call);
        var output = new StringBuilder();
        var error = new StringBuilder();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(call.Limit);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var result = await runner.RunAsync(command, line => Keep(output, line), line => Keep(error, line), limit.Token);
            return new KubectlResult(
                command.ToString(), result.ExitCode, result.StandardOutput, result.StandardError, result.Duration);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new KubectlResult(
                command.ToString(), -1, Text(output), Text(error), TimeProvider.System.GetElapsedTime(started))
            { TimedOut = true };
        }
    }

    private CommandLine Describe(KubectlCall call)
    {
        IReadOnlyList<string> arguments = kubeconfig is null ? call.Arguments : ["--kubeconfig", kubeconfig, .. call.Arguments];
        return new CommandLine(program, arguments)
        {
            StandardInput = call.StandardInput,
            // The call's own limit ends it first and keeps what it had said; this one is only the net below it.
            Timeout = call.Limit + TimeSpan.FromSeconds(30),
        };
    }

    private static void Keep(StringBuilder text, string line)
    {
        lock (text)
            text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }
}
