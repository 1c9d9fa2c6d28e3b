namespace KubeLab.Lab.Tests;

/// <summary>
/// What another control machine has of its own: a folder with its inventory and its artifacts. KubeLab's program and the lab's
/// distribution are this checkout's.
/// </summary>
public sealed class SecondCheckout : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kubelab second ");

    public SecondCheckout(string inventory)
    {
        Directory.CreateDirectory(Path.Combine(Root, ".nuke"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "lab"), Path.Combine(LabMachine.Root, "lab"));
        LabMachine.CopyFolder(inventory, Path.Combine(Root, "inventory", "lab"));
    }

    public string Root => folder.FullName;

    /// <summary>What runs on its cluster leave.</summary>
    public string Artifacts => Path.Combine(Root, "artifacts", "lab");

    public void Dispose() => folder.Delete(recursive: true);
}
