namespace KubeLab.Lab;

/// <summary>Kernel modules that the nodes need and can't load themselves.</summary>
internal sealed class KernelModules(CommandRunner commands)
{
    private const string BridgeFilter = "/proc/sys/net/bridge";

    // Each with a path that shows that the kernel has it, be it as a module or built in.
    private static readonly IReadOnlyList<(string Module, string Sign)> Needed = [
        ("overlay", "/sys/module/overlay"), ("bridge", "/sys/module/bridge"),
        ("veth", "/sys/module/veth"), ("br_netfilter", BridgeFilter),
    ];

    /// <summary>Loads what isn't there. A kernel that has a part built in may show no sign of it, and modprobe then says so: a
    /// part that is really missing is named by what needs it.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var missing = Needed.Where(need => !Path.Exists(need.Sign)).ToList();
        if (missing.Count == 0 || Which.FindAsRoot("modprobe") is not { } modprobe)
            return;
        var filtersBefore = Path.Exists(BridgeFilter);
        foreach (var (module, _) in missing)
            await commands.RunAsync(CommandLine.Of(modprobe, "--quiet", module), cancellationToken: cancellationToken);
        if (filtersBefore || !Path.Exists(BridgeFilter))
            return;
        // Loading br_netfilter sends what this machine's own bridges carry through its firewall, which nobody asked for. Nodes
        // are network namespaces of their own, where it stays on.
        foreach (var setting in Directory.GetFiles(BridgeFilter, "bridge-nf-call-*"))
            File.WriteAllText(setting, "0");
    }
}
