namespace KubeLab.Lab;

/// <summary>Lets nodes talk to each other on a machine whose firewall also sees what a bridge carries and drops what it doesn't
/// know, as with Docker (FORWARD's policy is DROP, net.bridge.bridge-nf-call-iptables is 1). Elsewhere it does nothing.</summary>
public sealed class BridgedTraffic(LabNetwork network, LabFolder lab, CommandRunner commands, ConsoleLog log)
{
    private const string BridgeFilter = "/proc/sys/net/bridge/bridge-nf-call-iptables";

    // From one node to another and nowhere else. The comment says whose rule it is.
    private IReadOnlyList<string> Rule => [
        "FORWARD", "--in-interface", network.Bridge, "--out-interface", network.Bridge,
        "--match", "comment", "--comment", "KubeLab's lab", "--jump", "ACCEPT",
    ];

    /// <summary>Adds the one rule that lets nodes talk to each other, where it is needed and isn't there.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (!IsFiltered() || Which.FindAsRoot("iptables") is not { } iptables)
            return;
        var policy = await commands.RunAsync(
            CommandLine.Of(iptables, "--wait", "10", "--list-rules", "FORWARD"), cancellationToken: cancellationToken);
        if (!DropsByDefault(policy.StandardOutput) || (await RunAsync(iptables, "--check", cancellationToken)).Succeeded)
            return;
        await File.WriteAllTextAsync(lab.FirewallRule, "", cancellationToken);
        (await RunAsync(iptables, "--insert", cancellationToken)).EnsureSucceeded(
            "Letting nodes talk to each other through this machine's firewall");
        log.Done($"This machine's firewall drops bridged traffic: one rule lets nodes talk to each other on {network.Bridge}.");
    }

    /// <summary>Removes the rule, as often as it is there.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> RemoveAsync(CancellationToken cancellationToken)
    {
        // Asking iptables at all makes its tables on a machine that has none.
        if (!File.Exists(lab.FirewallRule) || Which.FindAsRoot("iptables") is not { } iptables)
            return false;
        var removed = false;
        while ((await RunAsync(iptables, "--delete", cancellationToken)).Succeeded)
            removed = true;
        File.Delete(lab.FirewallRule);
        return removed;
    }

    /// <summary>Whether a chain's listing (<c>iptables --list-rules</c>) begins with the policy DROP.</summary>
    internal static bool DropsByDefault(string rules) => rules.Split('\n')[0].Trim() == "-P FORWARD DROP";

    private static bool IsFiltered() => File.Exists(BridgeFilter) && File.ReadAllText(BridgeFilter).Trim() == "1";

    private Task<CommandResult> RunAsync(string iptables, string action, CancellationToken cancellationToken) =>
        commands.RunAsync(new CommandLine(iptables, ["--wait", "10", action, .. Rule]), cancellationToken: cancellationToken);
}
