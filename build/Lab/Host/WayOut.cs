namespace KubeLab.Lab;

/// <summary>The nodes' way to the Internet, off unless <c>lab_internet</c> asks for it: this machine forwards what they send on
/// the way that its own default route takes, with its own address, and lets in answers alone. All rules are in chains of the
/// lab's own.</summary>
/// <param name="settings">The folder of the kernel's settings.</param>
internal sealed class WayOut(
    LabNetwork network, LabFolder lab, CommandRunner commands, ConsoleLog log, string settings = "/proc/sys")
{
    private const string Chain = "KUBELAB-LAB";
    private const string Doing = "Giving the lab's nodes a way out";

    private static readonly IReadOnlyList<(string Table, string From)> Jumps = [("filter", "FORWARD"), ("nat", "POSTROUTING")];

    /// <summary>The rules, as <c>iptables-restore --noflush</c> reads them: a chain that is named is emptied first.</summary>
    internal string Rules => $"""
        *filter
        :{Chain} - [0:0]
        -A {Chain} -i {network.Bridge} ! -o {network.Bridge} -j ACCEPT
        -A {Chain} -o {network.Bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A {Chain} -o {network.Bridge} ! -i {network.Bridge} -j DROP
        COMMIT
        *nat
        :{Chain} - [0:0]
        -A {Chain} -s {network.Subnet} ! -o {network.Bridge} -j MASQUERADE
        COMMIT

        """;

    /// <summary>What the way out would be: the interface, the name servers that nodes can ask, and iptables-restore.</summary>
    /// <exception cref="UserError">This machine has none itself, or lacks what makes one.</exception>
    public (string Uplink, IReadOnlyList<string> NameServers, string Restore) Require() => (
        Uplink(File.ReadAllText("/proc/net/route")),
        NameServers(ResolvFiles.Where(File.Exists).Select(File.ReadAllText)),
        Which.FindAsRoot("iptables-restore")
            ?? throw new UserError(
                "lab_internet needs iptables-restore, which this machine lacks.", "Install the package iptables."));

    /// <summary>Opens the way, or leaves it open.</summary>
    /// <returns>The name servers that nodes can ask.</returns>
    /// <exception cref="UserError">As with <see cref="Require"/>, or the rules are refused.</exception>
    public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
    {
        var (uplink, servers, restore) = Require();
        var opened = !File.Exists(lab.WayOut);
        if (opened)
            await File.WriteAllTextAsync(lab.WayOut, $"{uplink} {Forwarding(uplink)}\n", cancellationToken);
        var load = CommandLine.Of(restore, "--wait", "10", "--noflush") with { StandardInput = Rules };
        (await commands.RunAsync(load, cancellationToken: cancellationToken)).EnsureSucceeded(Doing);
        foreach (var (table, from) in Jumps)
        {
            if (!(await RunAsync(table, ["--check", from, "--jump", Chain], cancellationToken)).Succeeded)
                (await RunAsync(table, ["--insert", from, "--jump", Chain], cancellationToken)).EnsureSucceeded(Doing);
        }

        Forward(network.Bridge, "1");
        Forward(uplink, "1");
        if (opened)
            log.Done($"lab_internet: what the nodes send goes out by {uplink}, with this machine's address; nobody out there reaches them.");
        return servers;
    }

    /// <summary>Takes the way, its rules and its chains away, where there is one.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(lab.WayOut))
            return;
        foreach (var (table, from) in Jumps)
        {
            CommandResult removed;
            do
                removed = await RunAsync(table, ["--delete", from, "--jump", Chain], cancellationToken);
            while (removed.Succeeded);
            await RunAsync(table, ["--flush", Chain], cancellationToken);
            await RunAsync(table, ["--delete-chain", Chain], cancellationToken);
        }

        if (File.ReadAllText(lab.WayOut).Split() is [var uplink, var before, ..])
            Forward(uplink, before);
        Forward(network.Bridge, "0");
        File.Delete(lab.WayOut);
        log.Info("The nodes' way out is closed.");
    }

    /// <summary>The interface of the default route in <c>/proc/net/route</c>.</summary>
    /// <exception cref="UserError">There is none.</exception>
    internal string Uplink(string routes) =>
        Route.Parse(routes)
            .FirstOrDefault(route => route.Destination.PrefixLength == 0 && route.Interface != network.Bridge)?.Interface
        ?? throw new UserError(
            "lab_internet is set, and this machine has no way out itself: it has no default route.",
            "Connect it, or take lab_internet out of the inventory: the lab's own distribution needs no Internet.");

    /// <summary>The name servers in files like <c>/etc/resolv.conf</c> that others than this machine itself can ask.</summary>
    /// <exception cref="UserError">There is none.</exception>
    internal static IReadOnlyList<string> NameServers(IEnumerable<string> files)
    {
        var servers = files.SelectMany(text => text.Split('\n'))
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..]).Select(words => words[1])
            .Where(server => IPAddress.TryParse(server, out var address) && !IPAddress.IsLoopback(address)).Distinct().ToList();
        return servers.Count > 0
            ? servers
            : throw new UserError(
                "lab_internet is set, and this machine has no name server that the nodes could ask: its own are loopback addresses.",
                "Name one in /etc/resolv.conf, or take lab_internet out of the inventory.");
    }

    // What systemd-resolved asks itself, where it is what /etc/resolv.conf names.
    private static IReadOnlyList<string> ResolvFiles => ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

    private string Forwarding(string device) =>
        File.Exists(ForwardingFile(device)) ? File.ReadAllText(ForwardingFile(device)).Trim() : "0";

    private void Forward(string device, string value)
    {
        if (File.Exists(ForwardingFile(device)))
            File.WriteAllText(ForwardingFile(device), value);
    }

    private string ForwardingFile(string device) => $"{settings}/net/ipv4/conf/{device}/forwarding";

    private Task<CommandResult> RunAsync(
        string table, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        commands.RunAsync(
            new CommandLine(Which.FindAsRoot("iptables") ?? "iptables", ["--wait", "10", "--table", table, .. arguments]),
            cancellationToken: cancellationToken);
}
