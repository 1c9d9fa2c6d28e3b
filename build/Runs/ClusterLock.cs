namespace KubeLab.Runs;

/// <summary>One run a cluster at a time. The system holds the lock, on an open file: it ends with the process.</summary>
public sealed class ClusterLock : IDisposable
{
    private sealed record Owner(int ProcessId, string User, string Host, DateTimeOffset Since);

    private readonly FileStream file;

    private ClusterLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of a cluster.</summary>
    /// <exception cref="UserError">Another run holds it; the error says whose.</exception>
    public static ClusterLock Take(Cluster cluster, TimeProvider time)
    {
        Directory.CreateDirectory(cluster.ArtifactsDirectory);
        var path = Path.Combine(cluster.ArtifactsDirectory, "lock");
        var ownerPath = Path.Combine(cluster.ArtifactsDirectory, "lock.json");
        FileStream held;
        try
        {
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new UserError(
                $"Another run on the cluster {cluster.Name} is going on{Describe(ownerPath)}.",
                "Wait for it to end, or end it with Ctrl+C where it runs.", exception);
        }

        var owner = new Owner(Environment.ProcessId, Environment.UserName, Environment.MachineName, time.GetUtcNow());
        File.WriteAllText(ownerPath, JsonSerializer.Serialize(owner));
        return new ClusterLock(held);
    }

    public void Dispose() => file.Dispose();

    private static string Describe(string ownerPath)
    {
        try
        {
            return JsonSerializer.Deserialize<Owner>(File.ReadAllText(ownerPath)) is { } owner
                ? $": process {owner.ProcessId} of {owner.User} on {owner.Host}, since {owner.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"
                : "";
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return "";
        }
    }
}
