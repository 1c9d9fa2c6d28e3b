using System.Security.Cryptography;

namespace KubeLab.Preflight;

/// <summary>What the probe of one node has to know.</summary>
public sealed record ProbeRequest
{
    /// <summary>The random word that frames the output, so that nothing on the node can pass for it.</summary>
    public string Marker { get; init; } = $"kubelab-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";

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

    /// <summary>How long the probe may run once the connection is open.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    // A record prints its properties: the password stays out of logs and messages.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Marker = ").Append(Marker).Append(", BecomeMethod = ").Append(BecomeMethod).Append(", BecomeUser = ").Append(BecomeUser);
        return true;
    }
}
