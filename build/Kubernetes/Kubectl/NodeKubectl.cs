using KubeLab.Ssh;

namespace KubeLab.Kubernetes;

/// <summary>The kubectl of a control plane, over SSH and as root: for control machines that have none.</summary>
public sealed class NodeKubectl(INodeShell shell, Node node, NodeBecome become, string kubeconfig) : IKubectl
{
    private const string EndOfInput = "KUBELAB_END_OF_INPUT";

    // A big cluster's list of pods has some 5 KB a pod; what is cut off could not be read as JSON.
    private const int MaxOutput = 256 * 1024 * 1024;

    public string Description { get; } = $"kubectl on {node.Name}";
    public bool IsLocal => false;

    public async Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default)
    {
        // The discovery cache would be written below root's home directory on the node, which is not ours to change.
        string[] words = ["kubectl", "--kubeconfig", kubeconfig, "--cache-dir", "/dev/null/kubelab", .. call.Arguments];
        var line = string.Join(' ', words.Select(ShellWords.Quote));
        var command = become.Script(node, Script(line, call.StandardInput)) with { Timeout = call.Limit, MaxOutput = MaxOutput };
        var result = await shell.RunAsync(node, command, cancellationToken);
        var shown = $"ssh {node.Address} {ShellWords.Quote(line)}";
        if (result.Failure is { Reason: not SshFailureReason.CommandTimedOut } failure)
            throw new UserError($"{node.Name}: kubectl can't be reached there: {failure.Message}", failure.Remedy);
        var timedOut = result.Failure is not null;
        return new KubectlResult(shown, timedOut ? -1 : result.ExitCode, result.Output, result.Error, result.Duration)
        { TimedOut = timedOut };
    }

    /// <summary>The script that hands the input to kubectl: a here-document in which the shell replaces nothing.</summary>
    internal static string Script(string line, string? input) =>
        input is null ? $"exec {line} </dev/null\n" : $"{line} <<'{EndOfInput}'\n{input.TrimEnd('\n')}\n{EndOfInput}\n";
}
