namespace KubeLab.Runs;

/// <summary>One run a cluster at a time. The system holds the lock, on an open file: it ends with the process.</summary>
public sealed class ClusterLock : IDisposable
{
    // The start time tells the process from a later one with the same number.
    private sealed record Owner(int ProcessId, string? StartTime, string User, string Host, DateTimeOffset Since)
    {
        public bool IsHere => Host == Environment.MachineName;

        public bool IsAlive => ProcessTree.StartTimeOf(ProcessId) is { } started && started == StartTime;

        public override string ToString() =>
            $"process {ProcessId} of {User} on {Host}, since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
    }

    private readonly FileStream file;
    private readonly string? note;

    private ClusterLock(FileStream file, string? note)
    {
        this.file = file;
        this.note = note;
    }

    /// <summary>Takes the lock of a cluster.</summary>
    /// <exception cref="UserError">Another run holds it, or may hold it; the error says whose, and how to find out.</exception>
    public static ClusterLock Take(Cluster cluster, TimeProvider time)
    {
        Directory.CreateDirectory(cluster.ArtifactsDirectory);
        var path = Path.Combine(cluster.ArtifactsDirectory, "lock");
        var ownerPath = Path.Combine(cluster.ArtifactsDirectory, "lock.json");
        FileStream? held = null;
        try
        {
            held = Open(path);
            var locks = HasLocks(path);
            if (!locks)
                RequireNobody(cluster, ownerPath);
            var self = Environment.ProcessId;
            Aside.Write(ownerPath, RecordJson.Write(new Owner(
                self, ProcessTree.StartTimeOf(self), Environment.UserName, Environment.MachineName, time.GetUtcNow())));
            return new ClusterLock(held, locks ? null : ownerPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && held is null)
        {
            // Between taking the lock and saying whose it is, what stands there is of the run before.
            var owner = RecordJson.Recall<Owner>(ownerPath) is { } known && (!known.IsHere || known.IsAlive) ? known : null;
            throw exception is UnauthorizedAccessException
                ? new UserError(
                    $"{path} belongs to another user, whose run on the cluster {cluster.Name} may be going on{(owner is null ? "" : $": {owner}")}.",
                    $"See who holds it: sudo fuser --verbose {ShellWords.Quote(path)}. If nobody does, take it over: sudo chown {ShellWords.Quote(Environment.UserName)} {ShellWords.Quote(path)}", exception)
                : new UserError(
                    $"Another run on the cluster {cluster.Name} is going on{(owner is null ? "" : $": {owner}")}.",
                    $"Wait for it to end, or end it with Ctrl+C where it runs. See whether it lives: {(owner is null ? $"fuser --verbose {ShellWords.Quote(path)}" : LookAt(owner))}", exception);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (note is not null)
            File.Delete(note);
        file.Dispose();
    }

    private static FileStream Open(string path) =>
        UnixFile.OpenPrivate(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // The system ignores a lock that the file system knows nothing of: then there can be a second one.
    private static bool HasLocks(string path)
    {
        try
        {
            Open(path).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    // Without locks, what the last run has left has to tell. One of another machine can't be judged from here.
    private static void RequireNobody(Cluster cluster, string ownerPath)
    {
        if (!File.Exists(ownerPath))
            return;
        var owner = RecordJson.Recall<Owner>(ownerPath);
        if (owner is { IsHere: true, IsAlive: false })
            return;
        throw new UserError(
            owner is null
                ? $"{ownerPath} can't be read, and its file system has no locks: another run on the cluster {cluster.Name} may be going on."
                : $"Another run on the cluster {cluster.Name} {(owner.IsHere ? "is" : "may be")} going on: {owner}.",
            $"{(owner is null ? "" : $"See whether it lives: {LookAt(owner)}. ")}If it doesn't: rm {ShellWords.Quote(ownerPath)}");
    }

    private static string LookAt(Owner owner) => $"ps -fp {owner.ProcessId}{(owner.IsHere ? "" : $" on {owner.Host}")}";
}
