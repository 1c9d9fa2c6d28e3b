using System.Text.Json;
using KubeLab.Smoke.Api;

namespace KubeLab.Smoke;

/// <summary>A member of etcd, as <c>etcdctl member list -w json</c> shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name; empty for one that was added and never started.</param>
/// <param name="Clients">The URLs at which clients reach it.</param>
/// <param name="IsLearner">Whether it doesn't vote yet.</param>
public sealed record EtcdMember(ulong Id, string Name, IReadOnlyList<string> Clients, bool IsLearner)
{
    /// <summary>The host of its first client URL; empty for none.</summary>
    public string Host => Clients.Count > 0 && Uri.TryCreate(Clients[0], UriKind.Absolute, out var url) ? url.Host : "";

    /// <summary>Reads the list; empty where the text is none.</summary>
    public static IReadOnlyList<EtcdMember> ReadList(string json) =>
        EtcdJson.Read(json) is { } root ? [.. root.Items("members").Select(Read)] : [];

    private static EtcdMember Read(JsonElement member) => new(
        EtcdJson.Id(member, "ID"),
        member.Text("name") ?? "",
        [.. member.Items("clientURLs").Select(url => url.GetString() ?? "")],
        member.Flag("isLearner"));
}
