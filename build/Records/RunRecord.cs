namespace KubeLab.Records;

/// <summary>What one run leaves behind: <c>artifacts/&lt;cluster&gt;/runs/&lt;UTC time&gt;/</c>. The folder is made when the
/// first file goes into it, so a run that leaves nothing leaves no folder.</summary>
public sealed class RunRecord
{
    private const int RunsKept = 20;
    private readonly Cluster cluster;
    private readonly string directory;

    /// <summary>Creates a record.</summary>
    public RunRecord(Cluster cluster, DateTimeOffset started)
    {
        this.cluster = cluster;
        var name = started.UtcDateTime.ToString("yyyy-MM-ddTHH-mm-ssZ", CultureInfo.InvariantCulture);
        directory = Path.Combine(cluster.RunsDirectory, name);
        for (var another = 2; System.IO.Directory.Exists(directory); another++)
            directory = Path.Combine(cluster.RunsDirectory, $"{name}-{another}");
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
        using var file = new FileStream(path, UnixFile.PrivateOptions(FileMode.Create));
        write(file);
    });

    /// <summary>Adds text to a file of the record.</summary>
    /// <exception cref="UserError">The disk is full, or the folder may not be written.</exception>
    public void Append(string name, string text) => Guarded(name, path =>
    {
        using var writer = new StreamWriter(path, UnixFile.PrivateOptions(FileMode.Append));
        writer.Write(Mask(text));
    });

    /// <summary>Notes a command that ran.</summary>
    /// <exception cref="UserError">The disk is full, or the folder may not be written.</exception>
    public void AddCommand(CommandLine command) => Append("commands.txt", $"{command}\n");

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
        HasBegun = true;
        System.IO.Directory.CreateDirectory(cluster.RunsDirectory);
        UnixFile.MakePrivateDirectory(directory);
        Prune();
        return this;
    }

    // Names sort by time, so the oldest come first. The last good run of each playbook stays whatever came after it, such as
    // previews: it tells how long the next one takes, and what the cluster was last made with.
    private void Prune()
    {
        var runs = System.IO.Directory.GetDirectories(cluster.RunsDirectory).OrderDescending(StringComparer.Ordinal).ToList();
        foreach (var old in runs.Skip(RunsKept))
        {
            var playbook = ProvenPlaybook(old);
            if (playbook is null || runs.TakeWhile(newer => newer != old).Any(newer => ProvenPlaybook(newer) == playbook))
                System.IO.Directory.Delete(old, recursive: true);
        }
    }

    // The playbook that a run took to a good end, on all nodes and with all tasks; null where there is none.
    private static string? ProvenPlaybook(string run)
    {
        var events = Path.Combine(run, "events.jsonl");
        var outcome = RecordJson.Recall<RunOutcome>(Path.Combine(run, RunOutcome.FileName));
        if (outcome is not { ExitCode: 0 } || !System.IO.File.Exists(events))
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
