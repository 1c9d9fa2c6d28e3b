using KubeLab.Kubernetes;
using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Lifecycle;

/// <summary>What the first member of etcd and its own programs say before a recovery, over SSH, reading only.</summary>
/// <param name="Node">The node that was asked.</param>
public sealed record EtcdSurvey(string Node)
{
    // Where Kubespray's recovery keeps it (roles/recover_control_plane/etcd/tasks/recover_lost_quorum.yml, v2.18.2 to main).
    private const string Snapshot = "/tmp/snapshot.db";

    // A member without a quorum answers only when its own limit is over.
    private const string Limits = "--dial-timeout=5s --command-timeout=10s";

    private const string Questions = $$"""
        tell() { sed "s/^/$1=/"; }
        data=${ETCD_DATA_DIR:-/var/lib/etcd}
        echo "data=$data"
        if [ -d "$data/member" ]; then echo has_data=1; fi
        if [ -s {{Snapshot}} ]; then echo has_snapshot=1; fi
        if command -v etcdutl > /dev/null; then echo has_etcdutl=1; fi
        if command -v etcdctl > /dev/null; then
          etcdctl version 2> /dev/null < /dev/null | tell version
          if etcdctl snapshot restore --help 2>&1 < /dev/null | grep -q -e '--data-dir'; then echo restores=1; fi
          etcdctl endpoint health {{Limits}} 2>&1 < /dev/null | tell own
          etcdctl endpoint health {{Limits}} 2> /dev/null < /dev/null | tell heard
          etcdctl member list {{Limits}} 2> /dev/null < /dev/null | tell member
          etcdctl endpoint health --cluster {{Limits}} 2>&1 < /dev/null | tell cluster
        fi
        echo end=1

        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The variables that it goes by.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["bin_dir", "etcd_snapshot"];

    private ILookup<string, string> Said { get; init; } = Array.Empty<string>().ToLookup(line => line);

    /// <summary>The version of its etcdctl; null where there is none.</summary>
    public Version? Etcdctl => Said["version"].Select(EtcdctlVersion.Read).FirstOrDefault(version => version is not null);

    /// <summary>Whether etcd has its quorum: a member tells that it is healthy only once most have agreed.</summary>
    public bool HasQuorum => Said["own"].Any(IsHealthy);

    /// <summary>Whether the playbook hears that a member is healthy: it looks at standard output alone, and an etcdctl of 3.4
    /// says so on standard error.</summary>
    public bool IsHeard => Said["heard"].Any(IsHealthy);

    /// <summary>Whether its etcdctl restores snapshots, as etcd's does up to 3.5.</summary>
    public bool RestoresSnapshots => Said["restores"].Any();

    /// <summary>The folder of etcd's programs on a node.</summary>
    public static string Programs(ClusterVariables variables) =>
        variables.OfCluster("bin_dir") is { Unresolved: null } folder ? folder.Text : "/usr/local/bin";

    /// <summary>The snapshot that the playbook is given, a file on this machine; null where it takes one.</summary>
    public static string? GivenSnapshot(ClusterVariables variables) => variables.OfCluster("etcd_snapshot")?.Text;

    /// <summary>Asks a node.</summary>
    /// <param name="programs">The folder of etcd's programs.</param>
    /// <exception cref="UserError">It doesn't answer, or not to the end.</exception>
    public static async Task<EtcdSurvey> TakeAsync(
        INodeShell shell, Node node, NodeBecome become, string programs, CancellationToken cancellationToken = default)
    {
        var script = $"{NodeEtcd.Settings}PATH={ShellWords.Quote(programs)}:$PATH\n{Questions}";
        var result = await shell.RunAsync(node, become.Script(node, script) with { Timeout = Limit }, cancellationToken);
        return Read(node.Name, result.Output) ?? throw new UserError(
            $"{node.Name}, the first of the group etcd, doesn't say how etcd is: {Reason(result)}.",
            "A member that works has to come first in etcd. Nothing was changed.");
    }

    /// <summary>Reads its answer; null where it doesn't come to its end.</summary>
    public static EtcdSurvey? Read(string node, string output)
    {
        var lines = output.Split('\n').Select(line => line.Split('=', 2)).Where(line => line.Length == 2).ToList();
        return lines is [.., ["end", "1"]]
            ? new EtcdSurvey(node) { Said = lines.ToLookup(line => line[0], line => line[1].TrimEnd('\r')) } : null;
    }

    /// <summary>Judges a recovery of broken members by what will come of it. Without a quorum the playbook removes the data and
    /// has etcdctl restore a snapshot, which etcd's own no longer does from 3.6 on; and it takes etcd for one without where more
    /// nodes of the group are silent than answer, those that were never members too.</summary>
    /// <param name="inventory">The inventory, with what replaces the broken nodes at the end of etcd.</param>
    /// <param name="recovery">The broken members.</param>
    /// <param name="given">The file on this machine that <c>etcd_snapshot</c> names; null where the playbook takes a
    /// snapshot.</param>
    /// <param name="listens">Whether the playbook goes by what etcdctl says, and not by its exit code.</param>
    /// <returns>What was found, in a sentence.</returns>
    /// <exception cref="UserError">The playbook would destroy what it is to recover.</exception>
    public string Require(Inventory inventory, ControlPlaneRecovery recovery, string? given, bool listens)
    {
        if (Etcdctl is not { } version)
            throw new UserError(
                $"{Node}, the first of the group etcd, has no etcdctl that says its version, so it is no member that works.",
                "A member that works has to come first in etcd. Nothing was changed.");
        if (HasQuorum)
            return WithQuorum(inventory.EtcdMembers.Count, recovery, listens);
        if (given is null && !Said["has_data"].Any() && Said["has_snapshot"].Any())
            throw new UserError(
                $"On {Node} etcd's data is gone, and a snapshot of it lies in {Snapshot}: a recovery came as far as that, and running it again could not take another.",
                $"Keep that file, and restore it yourself. {ByHand(Snapshot, isTaken: true)}");
        if (RestoresSnapshots)
            return $"etcd has lost its quorum: {given ?? $"a snapshot of {Node}"} becomes the new etcd, by its etcdctl {version}";
        throw new UserError(
            $"etcd has lost its quorum, and the playbook would remove {Node}'s data and then call etcdctl snapshot restore, which its etcdctl {version} no longer has (etcdutl does it from etcd 3.6 on).",
            given is null
                ? $"Nothing was changed. Restore {Node}'s own data with etcdutl. {ByHand("/var/tmp/etcd-snapshot.db", isTaken: false)}"
                : $"Nothing was changed. Copy {given} to {Node} as {Snapshot}, and restore it with etcdutl. {ByHand(Snapshot, isTaken: true)}");
    }

    private string WithQuorum(int group, ControlPlaneRecovery recovery, bool listens)
    {
        var healthy = Said["cluster"].Where(IsHealthy).Select(line => line.Split(" is healthy")[0].Trim()).ToHashSet();
        // id, status, name, peer URLs, client URLs, whether it is a learner; two client URLs have a comma between them too.
        var members = Said["member"].Select(line => line.Split(", ")).Where(fields => fields.Length >= 5).ToList();
        var working = members.Count(fields =>
            !recovery.BrokenMembers.Contains(fields[2]) && fields[4].Split(',').Any(healthy.Contains));
        if (members.Count == 0 || working == 0)
            throw new UserError(
                $"{Node} says that etcd is healthy, but not which members it has.", "Run this again. Nothing was changed.");
        if (listens && !IsHeard && working < group)
            throw new UserError(
                $"etcd has its quorum, but its etcdctl {Etcdctl} says on standard error what is healthy, where the playbook doesn't look: as one of the {group} nodes in the group etcd is silent, it takes that for a lost quorum, and would put a snapshot in the place of what works.",
                ControlPlaneRecovery.OtherWay(recovery.Broken));
        return working >= group - working
            ? $"etcd has its quorum: {working} members work, and {group} nodes are in etcd"
            : throw new UserError(
                $"etcd has its quorum, but of the {group} nodes in the group etcd only {working} are members that work: the playbook takes that for a lost quorum, and would put a snapshot in the place of what works.",
                $"Leave {(working == 1 ? "one node" : $"{(working * 2) - 1} nodes at most")} in etcd for this run, those that work first, and add the others afterwards with ./build.sh InstallCluster. Nothing was changed.");
    }

    private string ByHand(string snapshot, bool isTaken)
    {
        var tool = RestoresSnapshots ? "etcdctl" : "etcdutl";
        string[] commands =
        [
            "set -a; . /etc/etcd.env; set +a",
            .. isTaken ? Array.Empty<string>() : [$"etcdctl snapshot save {snapshot}"],
            "systemctl stop etcd",
            .. Said["has_data"].Any() ? ["mv \"$ETCD_DATA_DIR\" \"$ETCD_DATA_DIR.lost\""] : Array.Empty<string>(),
            $"{tool} snapshot restore {snapshot} --name \"$ETCD_NAME\" --data-dir \"$ETCD_DATA_DIR\" --initial-cluster \"$ETCD_NAME=$ETCD_INITIAL_ADVERTISE_PEER_URLS\" --initial-cluster-token k8s_etcd --initial-advertise-peer-urls \"$ETCD_INITIAL_ADVERTISE_PEER_URLS\"",
            "chown -R etcd: \"$ETCD_DATA_DIR\"",
            "sed -i \"s|^ETCD_INITIAL_CLUSTER=.*|ETCD_INITIAL_CLUSTER=$ETCD_NAME=$ETCD_INITIAL_ADVERTISE_PEER_URLS|\" /etc/etcd.env",
            "systemctl start etcd",
        ];
        var program = RestoresSnapshots || Said["has_etcdutl"].Any() ? ""
            : $"\netcdutl is not there: take it from the archive of etcd {Etcdctl} ({Node} has none; Kubespray brings it from v2.23.0 on).";
        return $"On {Node}, as root:\n{string.Join('\n', commands.Select(command => $"  {command}"))}{program}\n"
            + $"Then leave {Node} alone in the group etcd, run ./build.sh RecoverControlPlane, and add the others afterwards with ./build.sh InstallCluster.";
    }

    // As the playbook reads it, too.
    private static bool IsHealthy(string line) => line.Contains(" is healthy");

    private static string Reason(NodeResult result) => result.Failure?.Message
        ?? result.Error.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0)
        ?? "its answer broke off";
}

/// <summary>The version that <c>etcdctl version</c> prints.</summary>
public static partial class EtcdctlVersion
{
    /// <summary>Reads the line <c>etcdctl version: 3.5.21</c>; null where it is none.</summary>
    public static Version? Read(string text) =>
        Line().Match(text) is { Success: true } line ? Version.Parse(line.Groups["version"].Value) : null;

    [GeneratedRegex("etcdctl version: (?<version>[0-9]{1,4}\\.[0-9]{1,4}\\.[0-9]{1,4})",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Line();
}
