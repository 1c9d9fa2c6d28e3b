using KubeLab.Ssh;

namespace KubeLab.Runs;

/// <summary>One run a cluster at a time, wherever it is started: a folder on the first control plane node, whose file is touched
/// as long as the run lives. It needs no privileges, and one not touched for a minute is broken.</summary>
public sealed class NodeLock : IAsyncDisposable
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private const string Folder = "/tmp/kubelab.lock";

    private const string Preamble = """
        held=$(cat "$d/owner" 2>/dev/null)

        """;

    private const string Take = """
        make() {
          mkdir -m 755 "$d" 2>/dev/null || return 1
          if ! printf '%s\n' "$owner" 2>/dev/null > "$d/owner"; then
            rm -rf "$d"
            echo "none $d can't be written"
            exit 0
          fi
        }
        if make; then echo taken; exit 0; fi
        [ -d "$d" ] || { echo "none $(mkdir "$d" 2>&1)"; exit 0; }
        touched=$(stat -c %Y "$d/owner" 2>/dev/null || stat -c %Y "$d")
        age=$(( $(date +%s) - touched ))
        case "$held" in
          *"$place"*) ;;
          *)
            if [ "$age" -ge 0 ] && [ "$age" -le "$stale" ]; then echo "held $age $held"; exit 0; fi
            # The clock was set back. Whoever lives touches it again.
            if [ "$age" -lt 0 ] && [ "$touched" != "$seen" ]; then
              if [ -n "$seen" ]; then echo "held 0 $held"; else echo "ahead $touched $held"; fi
              exit 0
            fi
            ;;
        esac
        aside=$d.$$
        if ! mv "$d" "$aside" 2>/dev/null; then echo "stuck $age $held"; exit 0; fi
        rm -rf "$aside"
        if make; then echo "broken $held"; else echo "held 0 $(cat "$d/owner" 2>/dev/null)"; fi

        """;

    private const string Beat = """
        if [ "$held" = "$owner" ]; then touch "$d/owner" && echo kept
        elif [ -z "$held" ]; then mkdir -p "$d" && printf '%s\n' "$owner" > "$d/owner" && echo kept
        else echo "lost $held"; fi

        """;

    private const string Release = """
        [ "$held" = "$owner" ] && rm -rf "$d"
        exit 0

        """;

    private readonly INodeShell shell;
    private readonly Node node;
    private readonly string owner;
    private readonly string folder;
    private readonly ConsoleLog log;
    private readonly CancellationTokenSource ended = new();
    private Task beating = Task.CompletedTask;

    private NodeLock(INodeShell shell, Node node, string owner, string folder, ConsoleLog log)
    {
        this.folder = folder;
        this.shell = shell;
        this.node = node;
        this.owner = owner;
        this.log = log;
    }

    /// <summary>Takes the lock on a node. The caller holds the cluster's <see cref="ClusterLock"/> already.</summary>
    /// <returns>The lock, or null where the node can't be reached: the playbook will say so by node.</returns>
    /// <exception cref="UserError">Another run holds it; the error says whose.</exception>
    public static async Task<NodeLock?> TakeAsync(
        INodeShell shell, Node node, Cluster cluster, ConsoleLog log, TimeProvider time,
        string folder = Folder, CancellationToken cancellationToken = default)
    {
        // A lock from this very place can only be left over from a run that has ended: its ClusterLock is held by now.
        var place = $"[{Environment.MachineName}:{CacheKey.Of(cluster.ArtifactsDirectory)}]";
        var since = $"since {time.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        var process = $"process {Environment.ProcessId} of {Environment.UserName} on {Environment.MachineName}";
        var name = $"{process}, {since} {place} {Guid.NewGuid():N}";
        var taken = new NodeLock(shell, node, name, folder, log);
        var result = await AskAsync("");
        if (result.Split(' ', 3) is ["ahead", var seen, ..])
        {
            log.Info($"{node.Name}: a lock there lies in the future, as after its clock was set back: looking whether its run lives.");
            await Task.Delay(BeatEvery + Limit, time, cancellationToken);
            result = await AskAsync(seen);
        }

        switch (result.Split(' ', 2))
        {
            case ["taken"]:
                break;
            case ["broken", var who]:
                log.Warning($"{node.Name}: the lock of a run that has ended or hangs was broken: {Shown(who)}");
                break;
            case ["broken"]:
                log.Warning($"{node.Name}: the lock of a run that has ended or hangs was broken: {Shown("")}");
                break;
            case ["held", var rest] when rest.Split(' ', 2) is [var age, .. var who]:
                throw new UserError(
                    $"Another run on the cluster {cluster.Name} is going on: {Shown(who)}, heard of {age} s ago.",
                    $"Wait for it to end, or end it with Ctrl+C where it runs; ps -fp with its number says there whether it lives. Its lock is {folder} on {node.Name}, and goes stale {StaleAfter.TotalSeconds:0} s after that run's end.");
            case ["stuck", var rest] when rest.Split(' ', 2) is [var age, .. var who]:
                throw new UserError(
                    $"A run on the cluster {cluster.Name} was not heard of for {age} s: {Shown(who)}. Its lock on {node.Name} belongs to another user.",
                    $"See that it has ended; then, on {node.Name}: sudo rm -r {ShellWords.Quote(folder)}");
            case [var said, ..]:
                log.Warning(
                    $"{node.Name}: no lock could be taken there, so a run from another machine would not be noticed{(result.Length > 0 ? $": {(said == "none" ? result["none".Length..].Trim() : result)}" : "")}");
                return null;
        }

        taken.beating = taken.KeepAsync(time);
        return taken;

        Task<string> AskAsync(string seen) => taken.RunAsync(
            $"place={ShellWords.Quote(place)}\nstale={StaleAfter.TotalSeconds}\nseen={ShellWords.Quote(seen)}\n{Take}",
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beating;
        ended.Dispose();
        try
        {
            await RunAsync(Release, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // A second interrupt has ended all commands; the lock goes stale, and this machine's next run takes it over.
        }
    }

    private async Task KeepAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(BeatEvery, time);
        var isLost = false;
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                // A node that doesn't answer for a while keeps the lock as it is.
                if (!isLost && await RunAsync(Beat, ended.Token) is ['l', 'o', 's', 't', ' ', .. var who])
                {
                    isLost = true;
                    log.Failure(
                        $"{node.Name}: another run has taken over the lock of this one: {Shown(who)}. Two runs on one cluster spoil each other: end one.");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private async Task<string> RunAsync(string script, CancellationToken cancellationToken)
    {
        var words = $"owner={ShellWords.Quote(owner)}\nd={ShellWords.Quote(folder)}\n{Preamble}{script}";
        var command = NodeCommand.Script(words) with { Timeout = Limit };
        var result = await shell.RunAsync(node, command, cancellationToken);
        return result.Output.Trim();
    }

    // A run that was killed as it wrote it has said nothing.
    private static string Shown(params IReadOnlyList<string> who) =>
        PlainText.Line(who is [{ Length: > 0 } name, ..] ? name.Split(" [")[0] : "a run that left no name");
}
