using KubeLab.Ssh;

namespace KubeLab.Preflight;

/// <summary>Puts together the script that one node runs, from <c>become.sh</c>, <c>probe.sh</c> and what they have to know.</summary>
public static class ProbeScript
{
    // Far more than a healthy node says (some 20 kB), far less than could hurt with a thousand nodes.
    private const int MaxOutput = 512 * 1024;

    private static readonly Lazy<string> Probe = new(() => WithoutComments(Read("probe.sh")));
    private static readonly Lazy<string> Become = new(() => WithoutComments(Read("become.sh")));

    /// <summary>The command for a node.</summary>
    public static NodeCommand For(ProbeRequest request)
    {
        var probe = new StringBuilder()
            .Append(Assign("marker", request.Marker))
            .Append(Assign("ports", string.Join(' ', request.Ports.Select(port => port.ToString("X4")))))
            .Append(Assign("modules", string.Join(' ', request.Modules)))
            .Append(Assign("interpreter", request.PythonInterpreter ?? ""))
            .Append(Probe.Value);
        var script = new StringBuilder()
            .Append(Assign("marker", request.Marker))
            .Append(Assign("method", request.BecomeMethod))
            .Append(Assign("user", request.BecomeUser))
            .Append(Assign("password", request.BecomePassword ?? ""))
            .Append(Assign("probe", probe.ToString()))
            .Append(Become.Value);
        return NodeCommand.Script(script.ToString()) with { Timeout = request.Timeout, MaxOutput = MaxOutput, IsRepeatable = true };
    }

    // A third of the text, which every node would have to be sent and to read.
    private static string WithoutComments(string script) =>
        string.Join('\n', script.Split('\n').Where(line => !line.TrimStart().StartsWith('#')));

    private static string Assign(string variable, string value) => $"{variable}={ShellWords.Quote(value)}\n";

    /// <summary>A script of the folder <c>Preflight</c>, as the assembly holds it.</summary>
    internal static string Read(string name) => Resource.Text($"Preflight/{name}");
}
