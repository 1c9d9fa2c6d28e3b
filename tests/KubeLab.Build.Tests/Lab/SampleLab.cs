using System.Net;
using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

/// <summary>Nodes, demands and a machine that is fit for them, to change one thing in.</summary>
internal static class SampleLab
{
    public static LabNetwork Network { get; } = new("kubelab0", IPAddress.Parse("192.0.2.1"), 24);

    public static LabNode Node(string name = "k8s-m0", string address = "192.0.2.10", int memoryMb = 2048) =>
        new(name, IPAddress.Parse(address), memoryMb);

    public static IReadOnlyList<LabNode> Nodes { get; } =
        [Node(), Node("k8s-n0", "192.0.2.20"), Node("k8s-n1", "192.0.2.21", 1024)];

    public static LabDemand Demand { get; } = new(Nodes, Network, BuildsImage: false, NewNodes: 3);

    public static MachineFacts FitMachine { get; } = new(
        IsLinux: true,
        IsRoot: true,
        Capabilities: ulong.MaxValue,
        Cgroups: CgroupVersion.V2,
        MemoryAvailableMb: 8000,
        MemoryOfLabMb: 0,
        Processors: 2,
        Routes: [],
        StateDisk: new Disk("/var/lib/kubelab/lab", "/", "ext4", 50_000),
        CacheDisk: new Disk("/root/.cache/kubelab/lab", "/", "ext4", 50_000));
}
