using System.Text.RegularExpressions;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>Control planes of the real Kubespray, which are members of etcd too, and one worker.</summary>
internal static class ControlPlanes
{
    public const string Worker = "ks-n0";

    private static readonly TimeSpan FailoverLimit = TimeSpan.FromMinutes(2);

    /// <summary>Its machines are made, and have a pod network before Kubespray looks at them.</summary>
    public static async Task GoOnWithAsync(KubesprayMachine kubespray, string[] controlPlanes, params string[] broken)
    {
        KubesprayMachine.WriteNodes(controlPlanes, [Worker], broken);
        (await kubespray.BuildAsync("LabUp")).ShouldSucceed();
        await KubesprayMachine.GivePodNetworkAsync([.. controlPlanes, Worker]);
    }

    /// <summary>Writes what has to survive, where it isn't there.</summary>
    public static async Task HaveSurvivorAsync()
    {
        if ((await KubesprayMachine.KubectlAsync("get", "configmap", "survivor")).ExitCode != 0)
            (await KubesprayMachine.KubectlAsync("create", "configmap", "survivor", "--from-literal=is=here")).ShouldSucceed();
    }

    /// <summary>It is there still; the API may have lost a member of etcd just now.</summary>
    public static Task ShouldHaveSurvivorAsync() => LabStory.UntilAsync(
        "the API still has what a user wrote", FailoverLimit,
        async () => (await KubesprayMachine.KubectlAsync("get", "configmap", "survivor")).ExitCode == 0);

    /// <summary>The names of etcd's members, as one of them says.</summary>
    public static async Task<IReadOnlyList<string>> MembersAsync(string node)
    {
        const string list = """
            . /etc/etcd.env
            ETCDCTL_API=3 /usr/local/bin/etcdctl --endpoints https://127.0.0.1:2379 --cacert $ETCDCTL_CACERT --cert $ETCDCTL_CERT --key $ETCDCTL_KEY member list
            """;
        var listed = (await LabMachine.OnNodeAsync(Address(node), list)).ShouldSucceed().Output;
        return [.. listed.Split('\n').Select(line => line.Split(", ")).Where(words => words is [_, "started", ..]).Select(words => words[2]).Order()];
    }

    /// <summary>The members that each API server asks, as it runs.</summary>
    public static async Task<IReadOnlyList<string>> AskedMembersAsync()
    {
        var pods = (await KubesprayMachine.KubectlAsync(
            "get", "pods", "--namespace", "kube-system", "--selector", "component=kube-apiserver",
            "--output", "jsonpath={range .items[*]}{.spec.nodeName} {.spec.containers[0].command}{\"\\n\"}{end}")).ShouldSucceed().Output;
        return [.. pods.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(pod =>
            $"{pod.Split(' ')[0]} {string.Join(' ', Endpoint(pod).Order(StringComparer.Ordinal))}")];
    }

    private static IEnumerable<string> Endpoint(string pod) =>
        Regex.Matches(pod, @"(?<=https://)[0-9.]+(?=:2379)", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value);

    private static string Address(string node) => KubesprayMachine.Nodes.GetValueOrDefault(node) ?? KubesprayMachine.MoreNodes[node];
}
