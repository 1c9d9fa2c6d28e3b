using System.Diagnostics;

namespace KubeLab.Tests.Machines;

/// <summary>A file system of 128 KiB in the memory, mounted on a folder until the test is over.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private readonly string directory;

    public SmallFileSystem(string directory)
    {
        this.directory = directory;
        Run("mount", "-t", "tmpfs", "-o", "size=128k", "kubelab-test", directory);
    }

    public void Dispose() => Run("umount", "-l", directory);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}");
    }
}
