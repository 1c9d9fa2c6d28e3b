namespace KubeLab.Lab;

/// <summary>What the lab's requirements are judged by: this machine, as it was when it was looked at.</summary>
public sealed record MachineFacts
{
    /// <summary>Whether the kernel is Linux.</summary>
    public required bool IsLinux { get; init; }

    /// <summary>Whether KubeLab runs as root.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>The effective capabilities, as the bits of capability.h.</summary>
    public required ulong Capabilities { get; init; }

    /// <summary>The version of control groups that limit memory; null if none do.</summary>
    public required CgroupVersion? Cgroups { get; init; }

    /// <summary>Memory that new work could have, in MB (MemAvailable).</summary>
    public required long MemoryAvailableMb { get; init; }

    /// <summary>Memory that the lab's own nodes use now, in MB: it counts as available to them.</summary>
    public required long MemoryOfLabMb { get; init; }

    /// <summary>Processors of this machine.</summary>
    public required int Processors { get; init; }

    /// <summary>The routes of this machine.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>Where the lab keeps its nodes.</summary>
    public required Disk StateDisk { get; init; }

    /// <summary>Where the image cache is.</summary>
    public required Disk CacheDisk { get; init; }
}
