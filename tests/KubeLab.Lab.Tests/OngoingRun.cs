using System.Diagnostics;
using System.Text.Json;

namespace KubeLab.Lab.Tests;

/// <summary>A run of <c>./build.sh</c> that goes on while a test does something to it. It is killed where the test gives up.</summary>
/// <param name="processId">KubeLab's process.</param>
/// <param name="run">Its end.</param>
/// <param name="records">The records from before it.</param>
public sealed class OngoingRun(int processId, Task<KubeLabRun> run, Records records) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    /// <summary>KubeLab's process.</summary>
    public int ProcessId => processId;

    /// <summary>The run's record.</summary>
    public string Record => records.New ?? throw new InvalidOperationException("The run has left no record yet.");

    /// <summary>Whether it has left a record yet.</summary>
    public bool HasRecord => records.New is not null;

    /// <summary>Waits until the playbook begins with a task, by its role and name.</summary>
    /// <param name="limit">How long that may take; null for five minutes.</param>
    public async Task UntilTaskAsync(string task, TimeSpan? limit = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!HasBegun(task))
        {
            run.IsCompleted.ShouldBeFalse($"the run ended before it came to {task}:\n{(run.IsCompletedSuccessfully ? (await run).Output : "")}");
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(limit ?? StartLimit, $"it has not come to {task}");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Waits for the end.</summary>
    public Task<KubeLabRun> EndAsync(TimeSpan limit) => run.WaitAsync(limit);

    /// <summary>Kills KubeLab alone, without a word, as a machine that runs out of memory does.</summary>
    public async Task<KubeLabRun> KillAsync()
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It has just ended.
        }

        return await run.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The processes that belong to the run, by their id, KubeLab's own apart: they all have its record in their environment.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!))
            .Where(id => Words(id, "environ").Contains($"KUBELAB_RECORD={Record}") && !Words(id, "cmdline")[0].Contains("[mux]", StringComparison.Ordinal)),
    ];

    /// <summary>The process of <c>ansible-playbook</c> that KubeLab itself has started.</summary>
    public int Ansible() => Processes().Single(id => File.ReadAllText($"/proc/{id}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{processId}");

    public async ValueTask DisposeAsync()
    {
        if (!run.IsCompleted)
            await KillAsync();
    }

    private bool HasBegun(string task) =>
        records.New is { } record && Path.Combine(record, "events.jsonl") is var events && File.Exists(events)
            && ReadShared(events).Split('\n').Where(line => line.Contains("\"task_start\"", StringComparison.Ordinal))
                .Any(line => line.Contains($"\"task\": {JsonSerializer.Serialize(task)}", StringComparison.Ordinal));

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private static string[] Words(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}").Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [""];
        }
    }
}
