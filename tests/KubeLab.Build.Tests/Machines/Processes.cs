namespace KubeLab.Tests.Machines;

/// <summary>Processes on this machine, as /proc shows them.</summary>
internal static class Processes
{
    /// <summary>Whether a process runs; one that has ended and only waits to be collected does not.</summary>
    public static bool IsRunning(string id) =>
        Directory.Exists($"/proc/{id}") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
}
