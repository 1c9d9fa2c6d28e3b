namespace KubeLab.Smoke;

/// <summary>Who owns a namespace of the test: a process on a machine, until a time after which it is abandoned.</summary>
/// <param name="Host">The machine, with its process namespace where it has one: where the process's id means something.</param>
/// <param name="Process">The process's id and when it started, as an id alone comes back.</param>
/// <param name="Expires">When the test must have ended.</param>
public sealed record SmokeOwner(string User, string Host, string Process, DateTimeOffset Expires)
{
    private const string HostKey = "kubelab.dev/host";
    private const string ProcessKey = "kubelab.dev/process";
    private const string ExpiresKey = "kubelab.dev/expires";

    /// <summary>This process, as the owner of a test that ends by a time.</summary>
    public static SmokeOwner Current(DateTimeOffset expires)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var described = $"{process.Id} since {process.StartTime.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}";
        return new SmokeOwner($"{Environment.UserName}@{Environment.MachineName}", ThisHost(), described, expires);
    }

    /// <summary>Whether a namespace with these annotations belongs to nobody any more.</summary>
    public static bool IsAbandoned(IReadOnlyDictionary<string, string> annotations, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(
                annotations.GetValueOrDefault(ExpiresKey), CultureInfo.InvariantCulture, DateTimeStyles.None, out var expires))
            return true;
        return now > expires
            || (annotations.GetValueOrDefault(HostKey) == ThisHost() && !IsAlive(annotations.GetValueOrDefault(ProcessKey)));
    }

    /// <summary>The values for the namespace's manifest.</summary>
    public IReadOnlyDictionary<string, string> Values() => new Dictionary<string, string>()
    {
        ["owner"] = User,
        ["host"] = Host,
        ["process"] = Process,
        ["expires"] = Expires.ToString("O", CultureInfo.InvariantCulture),
    };

    private static bool IsAlive(string? described)
    {
        var parts = described?.Split(" since ") ?? [];
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || !DateTimeOffset.TryParse(parts[1], CultureInfo.InvariantCulture, DateTimeStyles.None, out var started))
            return false;
        try
        {
            // A process's start is reckoned from the time since boot and differs by a moment from one reader to the next.
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return (process.StartTime.ToUniversalTime() - started.UtcDateTime).Duration() < TimeSpan.FromSeconds(5);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string ThisHost()
    {
        var space = new FileInfo("/proc/self/ns/pid").LinkTarget;
        return space is null ? Environment.MachineName : $"{Environment.MachineName} {space}";
    }
}
