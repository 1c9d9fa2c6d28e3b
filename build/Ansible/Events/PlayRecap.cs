namespace KubeLab.Ansible;

/// <summary>The counts that end a playbook run, by host.</summary>
public sealed record PlayRecap(IReadOnlyDictionary<string, HostCounts> Hosts)
{
    /// <summary>The recap of a run's events; null where the run never came to one.</summary>
    public static PlayRecap? From(IEnumerable<PlaybookEvent> events) =>
        events.LastOrDefault(each => each.Kind == "stats") is { } stats && stats.Data.TryGetProperty("hosts", out var hosts)
            && hosts.ValueKind == JsonValueKind.Object
            ? new PlayRecap(hosts.EnumerateObject().DistinctBy(host => host.Name)
                .ToDictionary(host => host.Name, host => HostCounts.From(host.Value)))
            : null;
}

/// <summary>A host's line of the recap: how many tasks ended in which way.</summary>
public sealed record HostCounts(int Ok, int Changed, int Unreachable, int Failed, int Skipped, int Rescued, int Ignored)
{
    /// <summary>Every task that ran on the host or was skipped there.</summary>
    [JsonIgnore]
    public int Total => Ok + Unreachable + Failed + Skipped + Rescued + Ignored;

    /// <summary>Reads what Ansible's <c>AggregateStats.summarize</c> returns; <c>ok</c> includes <c>changed</c>.</summary>
    public static HostCounts From(JsonElement counts) => new(
        Count(counts, "ok"), Count(counts, "changed"), Count(counts, "unreachable"), Count(counts, "failures"),
        Count(counts, "skipped"), Count(counts, "rescued"), Count(counts, "ignored"));

    private static int Count(JsonElement counts, string name) =>
        counts.ValueKind == JsonValueKind.Object && counts.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) ? count : 0;
}
