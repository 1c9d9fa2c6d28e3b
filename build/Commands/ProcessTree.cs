using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KubeLab.Commands;

/// <summary>The processes that a command has started, directly or through others, as Linux's <c>/proc</c> shows them (proc(5));
/// empty elsewhere. After an interrupt Ansible ends its workers, but not what they started here.</summary>
internal sealed class ProcessTree
{
    private const int Terminate = 15;
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly List<Member> members;

    private readonly Member? root;

    private ProcessTree(Member? root, List<Member> members)
    {
        this.root = root;
        this.members = members;
    }

    public static ProcessTree Below(int processId)
    {
        var all = Members();
        var found = new List<Member>();
        var parents = new HashSet<int> { processId };
        while (all.FindAll(member => parents.Contains(member.Parent)) is { Count: > 0 } children)
        {
            found.AddRange(children);
            parents = [.. children.Select(child => child.Id)];
        }

        return new ProcessTree(Member.Read(processId), found);
    }

    /// <summary>The processes whose environment has a variable of this value, with their descendants: what a killed command has
    /// left behind, whose children nobody knows any more. Shared SSH connections are meant to stay, and don't count.</summary>
    public static ProcessTree Carrying(string variable, string value)
    {
        var wanted = $"{variable}={value}";
        var roots = Members().FindAll(member => Words(member.Id, "environ").Contains(wanted) && !IsSharedConnection(member.Id));
        return new ProcessTree(
            null, [.. roots.SelectMany(member => Below(member.Id).members).Concat(roots).DistinctBy(member => member.Id)]);
    }

    public static bool IsRunning(int processId) => Member.Read(processId) is { HasEnded: false };

    /// <summary>When a process began, in the system's own count, which tells it from a later one with its number; null where
    /// there is none.</summary>
    public static string? StartTimeOf(int processId) =>
        Member.Read(processId) is { HasEnded: false } member ? member.StartTime : null;

    /// <summary>Waits until the process that started them has ended, then ends those that are still there: asked first, and after
    /// three seconds killed, with what they have started since.</summary>
    public async Task EndOrphansAsync()
    {
        while (root is not null && IsLiving(root))
            await Task.Delay(PollInterval);
        foreach (var member in Living())
            _ = Signal(member.Id, Terminate);
        var started = TimeProvider.System.GetTimestamp();
        while (Living().Count > 0 && TimeProvider.System.GetElapsedTime(started) < GracePeriod)
            await Task.Delay(PollInterval);
        foreach (var member in Living())
            Kill(member.Id);
    }

    private List<Member> Living() => members.FindAll(IsLiving);

    private static bool IsLiving(Member member) =>
        Member.Read(member.Id) is { HasEnded: false } now && now.StartTime == member.StartTime;

    // OpenSSH gives the client that keeps a connection open this title.
    private static bool IsSharedConnection(int id) => Words(id, "cmdline") is [var first, ..] && first.Contains("[mux]");

    private static string[] Words(int id, string file) => Text(id, file).Split('\0');

    // Empty where the process has ended, or is somebody else's.
    private static string Text(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (
            exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself.
        }
    }

    private static List<Member> Members() => !OperatingSystem.IsLinux() ? [] :
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(
                name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Member.Read(id) : null)
            .OfType<Member>(),
    ];

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int processId, int signal);

    // The start time tells a process from a later one with the same number.
    private sealed record Member(int Id, int Parent, string StartTime, bool HasEnded)
    {
        public static Member? Read(int id)
        {
            // The second field is the program's name in brackets and may hold anything, brackets too.
            var fields = Text(id, "stat").Split(") ")[^1].Split(' ');
            return fields.Length > 19 && int.TryParse(fields[1], NumberStyles.AllowLeadingSign, null, out var parent)
                ? new Member(id, parent, fields[19], fields[0] is "Z" or "X") : null;
        }
    }
}

/// <summary>What a command leaves behind when it is killed: Ansible's workers and what they run. They hold the command's outputs
/// open, so its end is not seen as long as they live.</summary>
internal sealed class OrphanedProcesses(CommandLine command, int processId)
{
    // A process that was killed by a signal, as its exit code tells: 128 and the signal's number.
    private const int Killed = 128;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Ends them as soon as the process has ended, while its outputs are still held open.</summary>
    public async Task WatchAsync(CancellationToken closed)
    {
        try
        {
            while (ProcessTree.IsRunning(processId))
                await Task.Delay(PollInterval, closed);
            await Task.Delay(PollInterval, closed);
            await EndAsync();
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // It has ended, and nobody holds its outputs.
        }
    }

    /// <summary>Ends those that hold no outputs, where the command was killed.</summary>
    public Task EndAsync(int exitCode) => exitCode > Killed ? EndAsync() : Task.CompletedTask;

    private Task EndAsync() => command.EnvironmentMarker is { } mark && command.Environment.GetValueOrDefault(mark) is { } value
        ? ProcessTree.Carrying(mark, value).EndOrphansAsync() : Task.CompletedTask;
}
