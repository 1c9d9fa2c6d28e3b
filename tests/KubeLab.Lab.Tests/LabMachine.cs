using System.Diagnostics;
using System.Text;
using KubeLab.Clusters;

namespace KubeLab.Lab.Tests;

/// <summary>This machine with its lab, used as a person uses it: through <c>./build.sh</c>, ssh and kubectl.</summary>
public class LabMachine : IAsyncLifetime
{
    // All files of a node with size and time, but for those that a login itself changes, and its processes.
    private const string Snapshot = """
        find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /var/log -o -path /var/lib/systemd -o -path /root/.ansible \) -prune \
            -o \( -type f -o -type l \) -printf '%p %s %T@\n' | sort
        ps -eo comm= | grep -v -e sshd -e sudo -e find -e sort -e ps -e grep -e '^sh$' -e systemd-timedat | sort
        """;

    // One for all stories, which are told one after the other.
    internal static readonly DirectoryInfo Folder = Directory.CreateTempSubdirectory("kubelab lab ");
    private static readonly Dictionary<string, SettingValue> Nothing = [];
    private readonly string cluster;
    private int runs;

    public LabMachine()
        : this("lab")
    {
    }

    protected LabMachine(string cluster) => this.cluster = cluster;

    /// <summary>The collection of every story: there is one lab, so they are told one after the other.</summary>
    public const string Turn = "the lab";

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>A copy of the embedded cluster's folder, so that a test that changes sizes leaves the checkout as it is.</summary>
    public string Inventory => Path.Combine(Folder.FullName, cluster);

    public static string Kubeconfig => Path.Combine(Artifacts, "admin.conf");

    public static IReadOnlyDictionary<string, string> Nodes { get; } = new Dictionary<string, string>
    {
        ["k8s-m0"] = "10.86.0.10",
        ["k8s-n0"] = "10.86.0.20",
        ["k8s-n1"] = "10.86.0.21",
    };

    /// <summary>What runs on that cluster leave: its folder lies outside of <c>inventory/</c>, so it goes by its path.</summary>
    public static string Artifacts => ArtifactsOf("lab");

    /// <summary>The same of this cluster, whichever it is.</summary>
    public string OwnArtifacts => ArtifactsOf(cluster);

    private static string Logs => Path.Combine(Root, "artifacts", "tests", "lab");

    private static string ArtifactsOf(string cluster) =>
        new ClusterLocator(Root).Find(Path.Combine(Folder.FullName, cluster), Nothing, Nothing).ArtifactsDirectory;

    public static void SkipUnlessRoot() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "the lab needs root on Linux");

    /// <summary>The record of the last run on the lab's cluster.</summary>
    public static string LastRecord() =>
        Directory.GetDirectories(Path.Combine(Artifacts, "runs")).Order(StringComparer.Ordinal).Last();

    /// <summary>What is on the nodes: their files and processes.</summary>
    public static async Task<Dictionary<string, string>> SnapshotsAsync()
    {
        var snapshots = new Dictionary<string, string>();
        foreach (var (node, address) in Nodes)
            snapshots[node] = (await OnNodeAsync(address, Snapshot)).ShouldSucceed().Output;
        return snapshots;
    }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Logs);
        CopyFolder(Path.Combine(Root, "inventory", cluster), Inventory);
        if (Environment.UserName == "root")
            await BuildAsync("LabDown");
    }

    public async ValueTask DisposeAsync()
    {
        if (Environment.UserName == "root")
            await BuildAsync("LabDown");
        Folder.Delete(recursive: true);
    }

    /// <summary>Adds variables to a node's line in the inventory.</summary>
    /// <returns>What takes them away again.</returns>
    public Func<Task> SetVariables(string node, string variables)
    {
        var file = Path.Combine(Inventory, "inventory.ini");
        var before = File.ReadAllLines(file);
        File.WriteAllLines(file, before.Select(line => line.StartsWith($"{node} ", StringComparison.Ordinal) ? $"{line} {variables}" : line));
        return () => File.WriteAllLinesAsync(file, before);
    }

    public void SetMemory(string node, int megabytes)
    {
        var file = Path.Combine(Inventory, "inventory.ini");
        var lines = File.ReadAllLines(file).Select(line => line.StartsWith($"{node} ", StringComparison.Ordinal)
            ? System.Text.RegularExpressions.Regex.Replace(line, @"lab_memory_mb=\d+", $"lab_memory_mb={megabytes}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))
            : line);
        File.WriteAllLines(file, lines);
    }

    /// <summary>Changes a file of the inventory until the result is disposed of.</summary>
    public IDisposable ChangeInventory(string file, Func<string, string> change) => Change(Path.Combine(Inventory, file), change);

    /// <summary>Changes a file until the result is disposed of.</summary>
    public static IDisposable Change(string path, Func<string, string> change)
    {
        var before = File.ReadAllText(path);
        File.WriteAllText(path, change(before));
        return new RestoredFile(path, before);
    }

    /// <summary>Writes a file that only this user may read.</summary>
    public string WriteSecret(string name, string text)
    {
        var path = Path.Combine(Folder.FullName, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>Runs <c>./build.sh</c> with the lab's inventory; its output is kept under <c>artifacts/tests/lab</c>.</summary>
    public Task<KubeLabRun> BuildAsync(params string[] arguments) => BuildWithoutInventoryAsync([.. arguments, "--inventory", Inventory]);

    /// <summary>Runs <c>./build.sh</c> as it is; its output is kept under <c>artifacts/tests/lab</c>.</summary>
    public Task<KubeLabRun> BuildWithoutInventoryAsync(params string[] arguments) =>
        KeptAsync(Begin(Path.Combine(Root, "build.sh"), arguments, TimeSpan.FromMinutes(40)).Run, arguments);

    /// <summary>Begins a run of <c>./build.sh</c> with the lab's inventory, to do something to it while it goes on.</summary>
    public OngoingRun Start(params string[] arguments) => Start(OwnArtifacts, [.. arguments, "--inventory", Inventory]);

    /// <summary>Begins a run of <c>./build.sh</c> as on another control machine.</summary>
    public OngoingRun Start(SecondCheckout checkout, params string[] arguments) =>
        Start(checkout.Artifacts, [.. arguments, "--root", checkout.Root, "--inventory", "lab"]);

    public OngoingRun Start(string artifacts, string[] arguments)
    {
        var records = new Records(Path.Combine(artifacts, "runs"));
        var (processId, run) = Begin(Path.Combine(Root, "build.sh"), arguments, TimeSpan.FromMinutes(40));
        return new OngoingRun(processId, KeptAsync(run, arguments), records);
    }

    /// <summary>Types a whole command line in the checkout; its output is kept under <c>artifacts/tests/lab</c>.</summary>
    public Task<KubeLabRun> TypeAsync(string line) => Typed(line).Kept;

    /// <summary>The same, to do something to it while it goes on.</summary>
    public OngoingRun Type(string artifacts, string line)
    {
        var records = new Records(Path.Combine(artifacts, "runs"));
        var (processId, run) = Typed(line);
        return new OngoingRun(processId, run, records);
    }

    private (int ProcessId, Task<KubeLabRun> Kept) Typed(string line)
    {
        var (processId, run) = Begin("bash", ["-c", $"cd '{Root}' && exec {line}"], TimeSpan.FromMinutes(40));
        return (processId, KeptAsync(run, [line.Split(' ', 3)[1]]));
    }

    private async Task<KubeLabRun> KeptAsync(Task<KubeLabRun> ongoing, string[] arguments)
    {
        var run = await ongoing;
        var log = $"{++runs:00}-{arguments[0]}.log";
        Directory.CreateDirectory(Logs);
        await File.WriteAllTextAsync(
            Path.Combine(Logs, log), $"$ ./build.sh {string.Join(' ', arguments)}\n{run.Output}\nexit code {run.ExitCode} after {run.Duration.TotalSeconds:0.0} s\n");
        return run;
    }

    /// <summary>Runs the smoke test and reads what it found.</summary>
    public async Task<SmokeOutcome> SmokeTestAsync(params string[] arguments) =>
        SmokeOutcome.Read(await BuildAsync(["SmokeTest", .. arguments]), Path.Combine(OwnArtifacts, "runs"));

    /// <summary>Starts <c>./build.sh</c> with the lab's inventory, to be interrupted; nobody reads its output.</summary>
    public Process StartBuild(params string[] arguments)
    {
        var start = Describe(Path.Combine(Root, "build.sh"), [.. arguments, "--inventory", Inventory]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = false;
        return Process.Start(start)!;
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

    public static Task<KubeLabRun> KubectlAsync(params string[] arguments) => KubectlWithInputAsync("", arguments);

    public static Task<KubeLabRun> KubectlWithInputAsync(string input, params string[] arguments) => RunAsync(
        Path.Combine(Artifacts, "kubectl") is var own && File.Exists(own) ? own : "kubectl",
        ["--kubeconfig", Kubeconfig, .. arguments],
        TimeSpan.FromMinutes(1),
        input);

    public static Task<KubeLabRun> HereAsync(string program, params string[] arguments) => RunAsync(program, arguments, TimeSpan.FromMinutes(1));

    private static Task<KubeLabRun> RunAsync(string program, IReadOnlyList<string> arguments, TimeSpan limit, string input = "") =>
        Begin(program, arguments, limit, input).Run;

    private static (int ProcessId, Task<KubeLabRun> Run) Begin(string program, IReadOnlyList<string> arguments, TimeSpan limit, string input = "")
    {
        var output = new StringBuilder();
        var process = new Process { StartInfo = Describe(program, arguments) };
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process.Id, FollowAsync(process, output, $"{program} {string.Join(' ', arguments)}", limit, input));
    }

    private static async Task<KubeLabRun> FollowAsync(Process started, StringBuilder output, string shown, TimeSpan limit, string input)
    {
        using var process = started;
        var watch = Stopwatch.StartNew();
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
            throw new TimeoutException($"{shown} had not ended after {limit}:\n{output}", exception);
        }

        return new KubeLabRun(process.ExitCode, output.ToString(), watch.Elapsed);
    }

    private static ProcessStartInfo Describe(string program, IReadOnlyList<string> arguments)
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
        return start;
    }

    private static void Append(StringBuilder output, string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.AppendLine(line);
    }

    public static void CopyFolder(string from, string to)
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

    private sealed class RestoredFile(string path, string text) : IDisposable
    {
        public void Dispose() => File.WriteAllText(path, text);
    }
}
