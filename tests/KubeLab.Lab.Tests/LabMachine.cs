using System.Diagnostics;
using System.Text;

namespace KubeLab.Lab.Tests;

/// <summary>This machine with its lab, used as a person uses it: through <c>./build.sh</c>, ssh and kubectl.</summary>
public sealed class LabMachine : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kubelab lab ");
    private int runs;

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>A copy of the embedded cluster's folder, so that a test that changes sizes leaves the checkout as it is.</summary>
    public string Inventory => Path.Combine(folder.FullName, "lab");

    public static string Kubeconfig => Path.Combine(Root, "artifacts", "lab", "admin.conf");

    private static string Logs => Path.Combine(Root, "artifacts", "tests", "lab");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Logs);
        CopyFolder(Path.Combine(Root, "inventory", "lab"), Inventory);
        if (Environment.UserName == "root")
            await BuildAsync("LabDown");
    }

    public async Task DisposeAsync()
    {
        if (Environment.UserName == "root")
            await BuildAsync("LabDown");
        folder.Delete(recursive: true);
    }

    public void SetMemory(string node, int megabytes)
    {
        var file = Path.Combine(Inventory, "inventory.ini");
        var lines = File.ReadAllLines(file).Select(line => line.StartsWith($"{node} ", StringComparison.Ordinal)
            ? System.Text.RegularExpressions.Regex.Replace(line, @"lab_memory_mb=\d+", $"lab_memory_mb={megabytes}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))
            : line);
        File.WriteAllLines(file, lines);
    }

    /// <summary>Runs <c>./build.sh</c> with the lab's inventory; its output is kept under <c>artifacts/tests/lab</c>.</summary>
    public async Task<KubeLabRun> BuildAsync(params string[] arguments)
    {
        var run = await RunAsync(
            Path.Combine(Root, "build.sh"), [.. arguments, "--inventory", Inventory], TimeSpan.FromMinutes(40));
        var log = $"{++runs:00}-{arguments[0]}.log";
        await File.WriteAllTextAsync(
            Path.Combine(Logs, log), $"$ ./build.sh {string.Join(' ', arguments)}\n{run.Output}\nexit code {run.ExitCode} after {run.Duration.TotalSeconds:0.0} s\n");
        return run;
    }

    /// <summary>Runs a shell script on a node as root.</summary>
    public static Task<KubeLabRun> OnNodeAsync(string address, string script) => RunAsync(
        "ssh",
        [
            "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=/var/lib/kubelab/lab/known_hosts", "-i", "/var/lib/kubelab/lab/id_ed25519",
            $"kubelab@{address}", "sudo", "/bin/sh", "-s",
        ],
        TimeSpan.FromMinutes(2),
        script);

    public static Task<KubeLabRun> KubectlAsync(params string[] arguments) => RunAsync(
        Path.Combine(Root, "artifacts", "lab", "kubectl") is var own && File.Exists(own) ? own : "kubectl",
        ["--kubeconfig", Kubeconfig, .. arguments],
        TimeSpan.FromMinutes(1));

    public static Task<KubeLabRun> HereAsync(string program, params string[] arguments) => RunAsync(program, arguments, TimeSpan.FromMinutes(1));

    private static async Task<KubeLabRun> RunAsync(string program, IReadOnlyList<string> arguments, TimeSpan limit, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        // The run under test is a run of its own, not part of the build that runs the tests.
        foreach (var name in new[] { "NUKE_ROOT", "MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath", "DOTNET_HOST_PATH", "MSBuildLoadMicrosoftTargetsReadOnly" })
            start.Environment.Remove(name);
        var output = new StringBuilder();
        var watch = Stopwatch.StartNew();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} had not ended after {limit}:\n{output}", exception);
        }

        return new KubeLabRun(process.ExitCode, output.ToString(), watch.Elapsed);
    }

    private static void Append(StringBuilder output, string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.AppendLine(line);
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var child in Directory.GetDirectories(from).Where(child => Path.GetFileName(child) != "artifacts"))
            CopyFolder(child, Path.Combine(to, Path.GetFileName(child)));
    }

    private static string FindRoot(string directory) => File.Exists(Path.Combine(directory, "KubeLab.Build.sln"))
        ? directory
        : FindRoot(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests run outside the checkout."));
}
