using System.Text.Json;

namespace KubeLab.Ansible;

/// <summary>The counts that end a playbook run, by host.</summary>
/// <param name="Hosts">One entry a host that Ansible processed.</param>
public sealed record PlayRecap(IReadOnlyDictionary<string, HostCounts> Hosts)
{
    /// <summary>The recap of a run's events; null where the run never came to one.</summary>
    public static PlayRecap? From(IEnumerable<PlaybookEvent> events) =>
        events.LastOrDefault(each => each.Kind == "stats") is { } stats && stats.Data.TryGetProperty("hosts", out var hosts)
            && hosts.ValueKind == JsonValueKind.Object
            ? new PlayRecap(hosts.EnumerateObject().ToDictionary(host => host.Name, host => HostCounts.From(host.Value), StringComparer.Ordinal))
            : null;
}
