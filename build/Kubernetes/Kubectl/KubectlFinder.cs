namespace KubeLab.Kubernetes;

/// <summary>Finds a kubectl: beside the cluster's kubeconfig, where the distribution leaves its own (Kubespray's
/// <c>kubectl_localhost</c>), then on the PATH, then on a control plane.</summary>
public sealed class KubectlFinder(CommandRunner runner)
{
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["kubectl.exe"] : ["kubectl"];

    /// <summary>The kubectl to use.</summary>
    /// <param name="artifactFolders">The folders in which the distribution leaves a kubectl, first the most wanted.</param>
    /// <param name="kubeconfig">The kubeconfig on this machine; null for kubectl's own choice.</param>
    /// <param name="onControlPlane">The kubectl of a control plane over SSH; null where no node is known.</param>
    /// <param name="searchPath">The PATH; null for this process's own.</param>
    /// <exception cref="UserError">There is none.</exception>
    public IKubectl Find(
        IReadOnlyList<string> artifactFolders, string? kubeconfig,
        Func<IKubectl>? onControlPlane = null, string? searchPath = null)
    {
        var local = artifactFolders.Concat(Which.Folders(searchPath))
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(IsProgram);
        if (local is not null)
            return new LocalKubectl(runner, local, kubeconfig);

        return onControlPlane?.Invoke() ?? throw new UserError(
            $"There is no kubectl: none in {List(artifactFolders)}, none on the PATH, and no control plane is known to run one on.",
            "Install kubectl, set kubectl_localhost: true in the inventory, or name the cluster's inventory with --inventory.");
    }

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != UnixFileMode.None);

    private static string List(IReadOnlyList<string> folders) =>
        folders.Count == 0 ? "the distribution's artifacts" : string.Join(" or ", folders);
}
