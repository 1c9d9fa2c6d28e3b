using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>Makes the command that tries a node's plan: <c>reach.py</c>, run by the node's Python, written nowhere.</summary>
public static class ConnectivityScript
{
    /// <summary>How long a node listens, in seconds: all nodes have to begin within it, less the time of an attempt.</summary>
    internal const int Seconds = 24;

    // How long an attempt may take, in seconds.
    private const int Patience = 8;

    private static readonly Lazy<string> Program = new(() => ProbeScript.Read("reach.py"));

    /// <summary>The command for a node.</summary>
    /// <param name="interpreter">The Python to try first; null for the system's.</param>
    public static NodeCommand For(ConnectivityPlan plan, string? interpreter, string marker, int seconds = Seconds)
    {
        var argument = JsonSerializer.Serialize(new
        {
            marker,
            seconds,
            patience = Patience,
            ports = plan.Listen,
            targets = plan.Targets.Select(target => new object[] { target.Host, target.Port }),
        });
        var python = ShellWords.Quote(interpreter ?? "python3");
        var words = $"{ShellWords.Quote(Program.Value)} {ShellWords.Quote(argument)}";
        var script = $"""
            for candidate in {python} python3 /usr/bin/python3 /usr/libexec/platform-python; do
              command -v "$candidate" > /dev/null && exec "$candidate" -B -c {words}
            done

            """;
        return NodeCommand.Script(script) with
        { Timeout = TimeSpan.FromSeconds(seconds + (3 * Patience)), MaxOutput = 256 * 1024 };
    }
}
