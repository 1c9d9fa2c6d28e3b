using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Asks nodes what they are: all at once, each in one round trip, none waiting for another.</summary>
/// <param name="settings">How privileges are escalated, and how many nodes are asked at a time.</param>
/// <param name="time">The clock that the nodes' clocks are compared with.</param>
public sealed class NodeProber(INodeShell shell, ClusterSettings settings, TimeProvider time)
{
    /// <summary>How many nodes are asked at a time where the settings say nothing.</summary>
    public static int DefaultConcurrency => 32;

    /// <summary>The method of a node whose password for sudo only Ansible can tell.</summary>
    public static string HiddenPassword => "hidden-password";

    // A jump host opens a process and a socket for each connection through it, and sshd drops connections that are not logged
    // in yet from the tenth on (sshd_config(5), MaxStartups 10:30:100).
    private const int ThroughOneJumpHost = 8;

    // As much as a person reads of what a shell says in place of an answer.
    private const int MaxSaid = 200;

    // Below what the rule on clocks finds notable, so that nothing notable escapes a second look.
    private const double DoubtfulClock = 0.4;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> jumps = new();

    /// <summary>Probes nodes.</summary>
    /// <param name="request">What each probe has to know beside how to escalate privileges.</param>
    /// <param name="onProbed">Is told of each node when it is done; possibly from several threads at once.</param>
    /// <returns>One result a node, in the same order, whatever became of it.</returns>
    /// <exception cref="UserError">The file with the password for sudo can't be read.</exception>
    public async Task<IReadOnlyList<ProbedNode>> ProbeAsync(
        IReadOnlyList<Node> nodes, Func<Node, ProbeRequest> request,
        Action<ProbedNode>? onProbed, CancellationToken cancellationToken)
    {
        var password = NodeBecome.ReadPassword(settings.Become);
        var results = new ProbedNode[nodes.Count];
        var limits = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Clamp(
                settings.Preflight.Concurrency ?? DefaultConcurrency, 1, Math.Max(nodes.Count, 1)),
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, nodes.Count, limits, async (i, token) =>
        {
            results[i] = await ProbeAsync(nodes[i], WithBecome(request(nodes[i]), nodes[i], password), token);
            onProbed?.Invoke(results[i]);
        });
        return results;
    }

    /// <summary>Reads the clocks again of nodes that look wrong by a first answer, which took long where the connection had to be
    /// opened: over the open connection a second one takes so little that it tells for sure.</summary>
    /// <returns>The same nodes, some with a better known clock.</returns>
    public async Task<IReadOnlyList<ProbedNode>> LookAgainAtClocksAsync(
        IReadOnlyList<ProbedNode> nodes, CancellationToken cancellationToken)
    {
        var reference = ClockReference.Among(nodes);
        var results = nodes.ToArray();
        var doubtful = Enumerable.Range(0, results.Length)
            .Where(i => results[i].ClockOffset is { } offset && Math.Abs(offset.Seconds - reference) > DoubtfulClock).ToList();
        var limits = new ParallelOptions { MaxDegreeOfParallelism = ThroughOneJumpHost, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(doubtful, limits, async (i, token) => results[i] = await LookAgainAsync(results[i], token));
        return results;
    }

    private async Task<ProbedNode> LookAgainAsync(ProbedNode node, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var command = NodeCommand.Script("date '+%s.%N'\n") with { Timeout = TimeSpan.FromSeconds(20), IsRepeatable = true };
        var result = await shell.RunAsync(node.Node, command, cancellationToken);
        var ended = time.GetUtcNow();
        return ClockReadingParser
            .Parse([.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(1)]) is { } reading
            ? node with { ClockOffset = ClockOffset.From(reading, Seconds(started), Seconds(ended)).Better(node.ClockOffset) }
            : node;
    }

    private async Task<ProbedNode> ProbeAsync(Node node, ProbeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var turn = await TurnAtJumpHostAsync(node, cancellationToken);
            var started = time.GetUtcNow();
            var result = await shell.RunAsync(node, ProbeScript.For(request), cancellationToken);
            return Read(node, request, result, started, time.GetUtcNow());
        }
        catch (UserError error)
        {
            // Such as an ansible_ssh_common_args that can't be read: it is this node's trouble alone, and is told beside its
            // name.
            var problem = error.Problem.StartsWith($"{node.Name}: ", StringComparison.Ordinal)
                ? error.Problem[(node.Name.Length + 2)..] : error.Problem;
            return new ProbedNode(node) { Failure = new SshFailure(SshFailureReason.Other, problem, error.Remedy ?? "") };
        }
    }

    private static ProbedNode Read(
        Node node, ProbeRequest request, NodeResult result, DateTimeOffset started, DateTimeOffset ended)
    {
        var facts = NodeFactsParser.Parse(result.Output, request.Marker);
        return new ProbedNode(node)
        {
            Facts = facts,
            Failure = result.Failure ?? (facts is null ? NoAnswer(result) : null),
            BecomeMethod = request.BecomeMethod,
            BecomeUser = request.BecomeUser,
            Duration = result.Duration,
            ClockOffset = facts?.Clock is { } clock ? ClockOffset.From(clock, Seconds(started), Seconds(ended)) : null,
        };
    }

    private static SshFailure NoAnswer(NodeResult result)
    {
        // nologin says so on its standard output.
        var said = string.Join(' ', new[] { result.Error, result.Output[..Math.Min(result.Output.Length, MaxSaid)] }
            .SelectMany(
                text => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(2)));
        return new SshFailure(
            SshFailureReason.Other,
            $"the login worked, but /bin/sh gave no answer (exit code {result.ExitCode}{(said.Length > 0 ? $": {said}" : "")})",
            "Log in by hand and run: /bin/sh -c 'echo ok'. A forced command or a shell that allows no commands (nologin) stands in the way.");
    }

    private ProbeRequest WithBecome(ProbeRequest request, Node node, string? password)
    {
        var own = node.Text("ansible_become_password") ?? node.Text("ansible_become_pass");
        // A vault or a template: Ansible knows the password, KubeLab does not, and a wrong one may lock the account.
        var hidden = own is not null && (own.StartsWith('{') || Template.IsIn(own));
        return request with
        {
            BecomeMethod = hidden ? HiddenPassword : node.Text("ansible_become_method") ?? request.BecomeMethod,
            BecomeUser = node.Text("ansible_become_user") ?? settings.Become.User,
            BecomePassword = hidden ? null : own ?? password,
            PythonInterpreter = PythonInterpreter(node),
        };
    }

    // The words that begin with "auto" leave the choice to Ansible (ansible-core's documentation, "Interpreter Discovery").
    internal static string? PythonInterpreter(Node node) =>
        node.Text("ansible_python_interpreter") is { } python && !python.StartsWith("auto", StringComparison.Ordinal)
            && !Template.IsIn(python)
            ? python : null;

    // Nodes behind the same jump host are those with the same words for it.
    private async Task<IDisposable?> TurnAtJumpHostAsync(Node node, CancellationToken cancellationToken)
    {
        if (node.IsLocal)
            return null;
        var way = $"{node.Text("ansible_ssh_common_args")} {node.Text("ansible_ssh_extra_args")}";
        if (!way.Contains("Proxy", StringComparison.OrdinalIgnoreCase) && !way.Contains("-J"))
            way = await shell.JumpHostAsync(node, cancellationToken);
        if (way is null)
            return null;
        var limit = jumps.GetOrAdd(way, _ => new SemaphoreSlim(ThroughOneJumpHost));
        await limit.WaitAsync(cancellationToken);
        return new Turn(limit);
    }

    private static double Seconds(DateTimeOffset moment) => (moment - DateTimeOffset.UnixEpoch).TotalSeconds;

    private sealed class Turn(SemaphoreSlim limit) : IDisposable
    {
        public void Dispose() => limit.Release();
    }
}
