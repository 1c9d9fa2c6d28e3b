namespace KubeLab.Records;

/// <summary>What one run leaves behind: <c>artifacts/&lt;cluster&gt;/runs/&lt;UTC time&gt;/</c>. The folder is made when the
/// first file goes into it, so a run that leaves nothing leaves no folder.</summary>
public sealed class RunRecord
{
    private const int RunsKept = 20;

    // So much is put by for how the run ended, which is to be said on a disk that became full, too.
    private const int ReservedBytes = 64 * 1024;
    private const string Reserved = ".reserved";
    private readonly Cluster cluster;
    private readonly string name;
    private string directory;

    /// <summary>Creates a record.</summary>
    public RunRecord(Cluster cluster, DateTimeOffset started)
    {
        this.cluster = cluster;
        name = started.UtcDateTime.ToString("yyyy-MM-ddTHH-mm-ssZ", CultureInfo.InvariantCulture);
        directory = Path.Combine(cluster.RunsDirectory, name);
    }

    /// <summary>Takes secrets out of what is written into the record line by line while the run goes on.</summary>
    public Func<string, string> Mask { get; init; } = text => text;

    /// <summary>Whether anything was left in it.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Has it be there, whatever is left in it.</summary>
    public void Begin() => Prepared();

    /// <summary>The folder, absolute.</summary>
    public string Directory => Prepared().directory;

    /// <summary>All that Ansible said.</summary>
    public string AnsibleLog => File("ansible.log");

    /// <summary>The events of the playbook, one JSON object a line.</summary>
    public string EventsFile => File("events.jsonl");

    /// <summary>A file of the record, absolute.</summary>
    public string File(string name) => Path.Combine(Directory, name);

    /// <summary>Writes a file of the record whole.</summary>
    /// <exception cref="UserError">The disk is full, or the folder may not be written.</exception>
    public void Write(string name, string text) => Write(name, file =>
    {
        using var writer = new StreamWriter(file);
        writer.Write(Mask(text));
    });

    /// <summary>Writes a file of the record that is too large for one text, and holds no secret any more.</summary>
    /// <exception cref="UserError">The disk is full, or the folder may not be written.</exception>
    public void Write(string name, Action<Stream> write) => Guarded(name, path =>
    {
        using var file = UnixFile.OpenPrivate(path, FileMode.Create);
        write(file);
    });

    /// <summary>Adds text to a file of the record.</summary>
    /// <exception cref="UserError">The disk is full, or the folder may not be written.</exception>
    public void Append(string name, string text) => Guarded(name, path =>
    {
        using var writer = new StreamWriter(UnixFile.OpenPrivate(path, FileMode.Append));
        writer.Write(Mask(text));
    });

    /// <summary>Notes a command that ran.</summary>
    /// <exception cref="UserError">The disk is full, or the folder may not be written.</exception>
    public void AddCommand(CommandLine command) => Append("commands.txt", $"{command.With(Mask)}\n");

    private void Guarded(string name, Action<string> write)
    {
        try
        {
            write(File(name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"{Path.Combine(directory, name)} can't be written: {exception.Message}",
                "Free some space there (df -h shows how much there is), and make sure that you may write to it.", exception);
        }
    }

    private RunRecord Prepared()
    {
        if (HasBegun)
            return this;
        System.IO.Directory.CreateDirectory(cluster.RunsDirectory);
        // Of the runs that began in this second, each has one of its own.
        for (var another = 2; !UnixFile.TryMakePrivateDirectory(directory); another++)
            directory = Path.Combine(cluster.RunsDirectory, $"{name}-{another}");
        HasBegun = true;
        Guarded(Reserved, path =>
        {
            using var file = UnixFile.OpenPrivate(path, FileMode.Create);
            file.Write(new byte[ReservedBytes]);
        });
        Prune();
        return this;
    }

    /// <summary>Gives back the room that was kept for how the run ended, which comes next.</summary>
    public void ReleaseReserve() => System.IO.File.Delete(Path.Combine(directory, Reserved));

    // Names sort by time, so the oldest come first. What has no end may belong to a run that goes on, or tells of one that was
    // killed, and what is from the future was left before this machine's clock was set back: neither is touched, nor counts.
    // The last good run of each playbook, and of all, stays whatever came after it, such as previews: it tells how long the next
    // one takes, and what the cluster was last made with.
    private void Prune()
    {
        var whole = System.IO.Directory.GetDirectories(cluster.RunsDirectory)
            .Where(run => string.CompareOrdinal(Path.GetFileName(run), Path.GetFileName(directory)) < 0)
            .OrderDescending(StringComparer.Ordinal)
            .Select(run => (Run: run, Outcome: RecordJson.Recall<RunOutcome>(Path.Combine(run, RunOutcome.FileName))))
            .Where(each => each.Outcome is not null).ToList();
        // This run is one of them, too.
        if (whole.Count < RunsKept)
            return;
        var wanted = whole.Where(each => each.Outcome!.ExitCode == 0).GroupBy(each => ProvenPlaybook(each.Run) ?? "")
            .Select(runs => runs.First().Run).ToHashSet();
        foreach (var old in whole.Skip(RunsKept - 1).Where(each => !wanted.Contains(each.Run)))
            System.IO.Directory.Delete(old.Run, recursive: true);
    }

    // The playbook that a good run took to its end, on all nodes and with all tasks; null where there is none.
    private static string? ProvenPlaybook(string run)
    {
        var events = Path.Combine(run, "events.jsonl");
        if (!System.IO.File.Exists(events))
            return null;
        try
        {
            using var first = JsonDocument.Parse(System.IO.File.ReadLines(events).FirstOrDefault() ?? "");
            var start = first.RootElement;
            var isPartial = start.TryGetProperty("partial", out var partial) && partial.ValueKind == JsonValueKind.True;
            return isPartial || !start.TryGetProperty("playbook", out var playbook) ? null : playbook.ToString();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
