using System.Net;

namespace KubeLab.Lab;

/// <summary>One node as it is now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">LXC's word in lower case: <c>running</c>, <c>stopped</c>, <c>frozen</c>, <c>absent</c> …</param>
/// <param name="Address">Its address; null for a node that the inventory doesn't have.</param>
/// <param name="MemoryMb">Its memory limit in MB; null unless it runs.</param>
/// <param name="MemoryUsedMb">The memory in use on it in MB, without the file cache; null unless it runs.</param>
/// <param name="Cpus">How many processors it may use; null for all.</param>
/// <param name="SshAnswers">Whether its SSH server answers.</param>
/// <param name="IsWanted">Whether the inventory has it; LabUp removes it if not.</param>
/// <param name="WantedMemoryMb">The memory that the inventory gives it in MB; null for a node that it doesn't have.</param>
public sealed record LabNodeStatus(
    string Name,
    string State,
    IPAddress? Address,
    long? MemoryMb,
    long? MemoryUsedMb,
    int? Cpus,
    bool SshAnswers,
    bool IsWanted,
    int? WantedMemoryMb);
