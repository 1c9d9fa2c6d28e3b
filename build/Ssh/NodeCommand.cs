namespace KubeLab.Ssh;

/// <summary>
/// What runs on a node: words that need no quoting on any login shell (<c>/bin/sh -s</c>), with the real work on standard
/// input, so that it does not matter which shell the login user has.
/// </summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="StandardInput">What the program reads; null for nothing.</param>
public sealed record NodeCommand(IReadOnlyList<string> Words, string? StandardInput = null)
{
    /// <summary>How long it may run once the connection is open.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much output is kept, in characters; the rest is read and dropped.</summary>
    public int MaxOutput { get; init; } = 1024 * 1024;

    /// <summary>
    /// Whether it may run twice, as it changes nothing, and begins to speak at once. Then a shared connection that falls silent is
    /// given up: the node is named within the time that a new connection may take, or the command runs again over a new one.
    /// </summary>
    public bool IsRepeatable { get; init; }

    /// <summary>A POSIX shell script, given on standard input.</summary>
    public static NodeCommand Script(string script) => new(["/bin/sh", "-s"], script);
}
