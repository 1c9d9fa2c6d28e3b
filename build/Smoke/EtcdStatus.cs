using System.Text.Json;
using KubeLab.Smoke.Api;

namespace KubeLab.Smoke;

/// <summary>What a member of etcd says of itself, as <c>etcdctl endpoint status --cluster -w json</c> shows it.</summary>
/// <param name="MemberId">The member's id.</param>
/// <param name="Leader">The id of the leader that it follows; 0 where it knows none.</param>
/// <param name="Errors">What it complains of, alarms included.</param>
public sealed record EtcdStatus(ulong MemberId, ulong Leader, IReadOnlyList<string> Errors)
{
    /// <summary>Reads the list; empty where the text is none. Members that don't answer are missing in it.</summary>
    public static IReadOnlyList<EtcdStatus> ReadList(string json) =>
        EtcdJson.Read(json) is { ValueKind: JsonValueKind.Array } root
            ? [.. root.EnumerateArray().Select(item => item.At("Status")).OfType<JsonElement>().Select(Read)]
            : [];

    private static EtcdStatus Read(JsonElement status) => new(
        status.At("header") is { } header ? EtcdJson.Id(header, "member_id") : 0,
        EtcdJson.Id(status, "leader"),
        [.. status.Items("errors").Select(error => (error.GetString() ?? "").Trim())]);
}
