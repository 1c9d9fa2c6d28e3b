namespace KubeLab.Lab;

/// <summary>What LXC says of a container.</summary>
/// <param name="Name">Its state in LXC's word: <c>RUNNING</c>, <c>STOPPED</c>, <c>FROZEN</c>, or <c>ABSENT</c> where there is none.</param>
/// <param name="ProcessId">The process id of its init on this machine; null unless it runs.</param>
public sealed record LxcState(string Name, int? ProcessId)
{
    /// <summary>There is no container of that name.</summary>
    public static LxcState Absent { get; } = new("ABSENT", null);

    /// <summary>Whether it runs, and isn't frozen or on its way up or down.</summary>
    public bool IsRunning => Name == "RUNNING" && ProcessId is not null;

    /// <summary>Parses what <c>lxc-info --state --pid</c> prints: <c>State: RUNNING</c> and, where it runs, <c>PID: 1234</c>.</summary>
    public static LxcState Parse(string text)
    {
        var fields = text.Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0].Trim(), pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        return fields["State"].FirstOrDefault() is { Length: > 0 } state
            ? new LxcState(state, int.TryParse(fields["PID"].FirstOrDefault(), out var id) && id > 0 ? id : null)
            : Absent;
    }
}
