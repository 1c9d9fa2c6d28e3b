namespace KubeLab.Lifecycle;

/// <summary>A cluster's backups in a folder that only their owner enters. One that is written stands aside until it is
/// whole.</summary>
public sealed class BackupStore : IDisposable
{
    private const string Prefix = "etcd-";
    private const string Aside = $".{Prefix}";
    private const string TimeFormat = "yyyy-MM-ddTHH-mm-ssZ";

    private readonly FileStream turn;

    private BackupStore(string folder, FileStream turn)
    {
        Folder = folder;
        this.turn = turn;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Where a cluster's backups lie: where the settings say, else with its records.</summary>
    public static string FolderOf(Cluster cluster) =>
        cluster.Settings.Backup.Folder ?? Path.Combine(cluster.ArtifactsDirectory, "backups");

    /// <summary>The backups of a folder, the latest first, by their names.</summary>
    public static IReadOnlyList<string> All(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, $"{Prefix}*").Where(file => TakenAt(file) is not null)
            .OrderDescending(StringComparer.Ordinal)]
        : [];

    /// <summary>When a backup was taken, by its name; null where it is none.</summary>
    public static DateTimeOffset? TakenAt(string file)
    {
        var name = Path.GetFileName(file);
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return name.StartsWith(Prefix, StringComparison.Ordinal)
            && name[Prefix.Length..].Split('.', 2) is [var time, "tar" or "tar.age"]
            && DateTimeOffset.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, utc, out var at)
            ? at : null;
    }

    /// <summary>Opens the folder for one who writes.</summary>
    /// <exception cref="UserError">It can't be written, or another run writes there.</exception>
    public static BackupStore Open(string folder)
    {
        try
        {
            UnixFile.MakePrivateDirectory(folder);
            // Given to nobody else while it is open, and freed by the system with a run that is killed.
            var file = UnixFile.OpenPrivate(
                Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            foreach (var left in Directory.EnumerateFiles(folder, $"{Aside}*"))
                File.Delete(left);
            return new BackupStore(folder, file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"No backup can be written to {folder}: {exception.Message}",
                "Let another backup there end, or make the folder writable; backup.folder in kubelab.yml names another. Nothing was changed.",
                exception);
        }
    }

    /// <summary>Writes a backup, mode 0600: it is there as a whole or not at all.</summary>
    /// <param name="verify">Looks at the file before it gets its name.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="UserError">The disk is full, or the folder can't be written.</exception>
    public async Task<string> WriteAsync(
        DateTimeOffset at, bool isEncrypted, Func<Stream, Task> write, Func<string, Task> verify,
        CancellationToken cancellationToken = default)
    {
        var name = $"{Prefix}{at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}.tar{(isEncrypted ? ".age" : "")}";
        var file = Path.Combine(Folder, name);
        var aside = Path.Combine(Folder, $".{name}");
        try
        {
            await using (var stream = UnixFile.OpenPrivate(aside, FileMode.CreateNew))
            {
                await using (var buffered = new BufferedStream(stream, 1024 * 1024))
                {
                    await write(buffered);
                    await buffered.FlushAsync(cancellationToken);
                    stream.Flush(flushToDisk: true);
                }
            }

            await verify(aside);
            // Never over another, whatever a clock says.
            File.Move(aside, file, overwrite: false);
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"The backup can't be written to {Folder}: {exception.Message}",
                "Free some space there (df -h shows how much there is), then run this again. The backups of before are as they were.",
                exception);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    /// <summary>Removes what is too old and not needed: never the one that was just written, none of the newest, none that is
    /// younger than the limit, and nothing that has no name of a backup. So no wrong clock removes the last ones.</summary>
    /// <param name="written">The one that was just written.</param>
    /// <param name="keep">How many of the newest stay, whatever their age.</param>
    /// <param name="keepFor">How long the others stay.</param>
    /// <returns>What was removed.</returns>
    public IReadOnlyList<string> Prune(string written, int keep, TimeSpan keepFor, DateTimeOffset now)
    {
        List<string> old =
            [.. All(Folder).Where(file => file != written).Skip(keep - 1).Where(file => now - TakenAt(file) > keepFor)];
        old.ForEach(File.Delete);
        return old;
    }

    /// <summary>Lets others write there.</summary>
    public void Dispose() => turn.Dispose();
}
