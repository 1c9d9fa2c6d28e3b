namespace KubeLab.Lab;

/// <summary>
/// Kernel settings that the kubelet writes and that containers share with this machine. Each node gets files of its own over
/// them, so that a node finds what it wrote and this machine keeps its values.
/// Source: <c>setupKernelTunables</c> in Kubernetes' <c>pkg/kubelet/cm/container_manager_linux.go</c> (v1.20.2).
/// </summary>
internal static class KernelSettings
{
    public static IReadOnlyList<string> Shadowed { get; } =
    [
        "vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys",
        "kernel/keys/root_maxbytes",
    ];

    /// <summary>The file's name below <see cref="NodeFolder.Kernel"/>.</summary>
    public static string FileName(string setting) => setting.Replace('/', '.');
}
