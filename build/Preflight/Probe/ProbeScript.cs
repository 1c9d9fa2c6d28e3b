using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>Puts together the script that a node runs: <c>become.sh</c>, <c>probe.sh</c> and what they need to know.</summary>
public static class ProbeScript
{
    // Far more than a healthy node says (some 20 kB), far less than could hurt with a thousand nodes.
    private const int MaxOutput = 512 * 1024;

    private static readonly Lazy<string> Probe = new(() => WithoutComments(Read("probe.sh")));
    private static readonly Lazy<string> Frame = new(() => WithoutComments(Read("frame.sh")));
    private static readonly Lazy<string> Become = new(() => WithoutComments(Read("become.sh")));

    /// <summary>The command for a node.</summary>
    public static NodeCommand For(ProbeRequest request)
    {
        var probe = new StringBuilder()
            .Append(Assign("marker", request.Marker))
            .Append(Assign("ports", string.Join(' ', request.Ports.Select(port => port.ToString("X4")))))
            .Append(Assign("modules", string.Join(' ', request.Modules)))
            .Append(Assign("interpreter", request.PythonInterpreter ?? ""))
            .Append(Assign("names", string.Join(' ', request.Names.Where(IsName))))
            .Append(Assign("libc", request.AsksForLibc ? "yes" : ""))
            .Append(Probe.Value);
        return WithPrivileges(request, probe.ToString());
    }

    /// <summary>The command that has a node say which certificates it has.</summary>
    /// <param name="folders">The folders that hold them.</param>
    /// <param name="configs">The folders that hold kubeconfigs.</param>
    public static NodeCommand ForCertificates(
        ProbeRequest request, IReadOnlyList<string> folders, IReadOnlyList<string> configs) => Framed(
        request, Read("certificates.sh"), ("folders", string.Join('\n', folders)), ("configs", string.Join('\n', configs)));

    /// <summary>The command that has a node say what a script tells, in the frame of <c>frame.sh</c>.</summary>
    /// <param name="script">The script's text.</param>
    /// <param name="variables">What it has to know.</param>
    public static NodeCommand Framed(ProbeRequest request, string script, params (string Name, string Value)[] variables) =>
        WithPrivileges(request, Assign("marker", request.Marker)
            + string.Concat(variables.Select(variable => Assign(variable.Name, variable.Value))) + Frame.Value
            + WithoutComments(script));

    /// <summary>The command that runs a script on a node with the privileges that the playbook will have, or without them if it
    /// gets none.</summary>
    public static NodeCommand WithPrivileges(ProbeRequest request, string text)
    {
        var script = new StringBuilder()
            .Append(Assign("marker", request.Marker))
            .Append(Assign("method", request.BecomeMethod))
            .Append(Assign("user", request.BecomeUser))
            .Append(Assign("password", request.BecomePassword ?? ""))
            .Append(Assign("probe", text))
            .Append(Become.Value);
        return NodeCommand.Script(script.ToString()) with
        { Timeout = request.Timeout, MaxOutput = MaxOutput, IsRepeatable = true };
    }

    /// <summary>A new random word that frames what a node says.</summary>
    public static string NewMarker() => $"kubelab-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";

    // What else stands in a variable would be words of the shell's.
    private static bool IsName(string name) => Uri.CheckHostName(name) == UriHostNameType.Dns;

    // A third of the text, which every node would have to be sent and to read.
    private static string WithoutComments(string script) =>
        string.Join('\n', script.Split('\n').Where(line => !line.TrimStart().StartsWith('#')));

    private static string Assign(string variable, string value) => $"{variable}={ShellWords.Quote(value)}\n";

    /// <summary>A script of the folder <c>Preflight</c>, as the assembly holds it.</summary>
    internal static string Read(string name) => Resource.Text($"Preflight/{name}");
}

/// <summary>What the probe of one node has to know.</summary>
public sealed record ProbeRequest
{
    /// <summary>The random word that frames the output, so that nothing on the node can pass for it.</summary>
    public string Marker { get; init; } = ProbeScript.NewMarker();

    /// <summary>How privileges are escalated, as in <c>ansible_become_method</c>.</summary>
    public string BecomeMethod { get; init; } = "sudo";

    /// <summary>The user to become.</summary>
    public string BecomeUser { get; init; } = "root";

    /// <summary>The password for sudo; it goes to the node on standard input, never as an argument. Null for none.</summary>
    public string? BecomePassword { get; init; }

    /// <summary>The Python to try first; null for the system's.</summary>
    public string? PythonInterpreter { get; init; }

    /// <summary>Listening ports whose owner is asked for.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>Kernel modules that are looked for.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Names that are to be resolved.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether the version of the C library is wanted.</summary>
    public bool AsksForLibc { get; init; }

    /// <summary>How long the probe may run once the connection is open.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    // A record prints its properties: the password stays out of logs and messages.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("Marker = ").Append(Marker).Append(", BecomeMethod = ").Append(BecomeMethod).Append(", BecomeUser = ")
            .Append(BecomeUser);
        return true;
    }
}
