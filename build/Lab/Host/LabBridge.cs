using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace KubeLab.Lab;

/// <summary>The lab's bridge on this machine.</summary>
internal sealed class LabBridge(LabNetwork network, CommandRunner commands)
{
    private string System => $"/sys/class/net/{network.Bridge}";

    public bool Exists => Directory.Exists(System);

    /// <summary>Makes the bridge, or what it lacks: its address, its being up, its not forwarding.</summary>
    /// <returns>Whether a bridge that was there had to be put right.</returns>
    /// <exception cref="UserError">Another interface has the bridge's name.</exception>
    public async Task<bool> EnsureAsync(CancellationToken cancellationToken)
    {
        var made = !Exists;
        if (made)
            await IpAsync(cancellationToken, "link", "add", "name", network.Bridge, "type", "bridge");
        else if (!Directory.Exists($"{System}/bridge"))
            throw new UserError($"{network.Bridge} exists on this machine and is no bridge.", "Rename or remove that interface.");

        // IPv6 comes first: an interface that goes up with it on gets an address.
        WriteSetting("ipv6", "disable_ipv6", "1");
        // Nothing is forwarded from the lab, whatever the rest of this machine forwards, unless a way out is opened.
        WriteSetting("ipv4", "forwarding", "0");
        var current = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(found => found.Name == network.Bridge);
        var lacksAddress = current is null || !HasAddress(current);
        if (lacksAddress)
            await IpAsync(cancellationToken, "address", "replace", network.GatewayWithPrefix, "dev", network.Bridge);
        var isDown = !IsUp();
        if (isDown)
            await IpAsync(cancellationToken, "link", "set", network.Bridge, "up");
        return !made && (lacksAddress || isDown);
    }

    /// <summary>Puts a running node's interface back on the bridge, which a bridge that was made again has lost.</summary>
    /// <returns>False if the node has no interface: then only a restart helps.</returns>
    public async Task<bool> AttachAsync(LabNode node, CancellationToken cancellationToken)
    {
        var port = network.PortOf(node);
        if (!Directory.Exists($"/sys/class/net/{port}"))
            return false;
        if (!Directory.Exists($"{System}/brif/{port}"))
            await IpAsync(cancellationToken, "link", "set", port, "master", network.Bridge, "up");
        return true;
    }

    /// <summary>Removes the bridge, its addresses and its routes.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> RemoveAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists($"{System}/bridge"))
            return false;
        await IpAsync(cancellationToken, "link", "delete", network.Bridge);
        return true;
    }

    private bool HasAddress(NetworkInterface bridge) => bridge.GetIPProperties().UnicastAddresses.Any(found =>
        found.Address.AddressFamily == AddressFamily.InterNetwork && found.Address.Equals(network.Gateway)
        && found.PrefixLength == network.PrefixLength);

    // The flag IFF_UP of netdevice(7): a bridge without ports is up and yet not operational.
    private bool IsUp() => (Convert.ToInt32(File.ReadAllText($"{System}/flags").Trim(), 16) & 1) == 1;

    private void WriteSetting(string family, string setting, string value)
    {
        var path = $"/proc/sys/net/{family}/conf/{network.Bridge}/{setting}";
        if (File.Exists(path) && File.ReadAllText(path).Trim() != value)
            File.WriteAllText(path, value);
    }

    private async Task IpAsync(CancellationToken cancellationToken, params string[] arguments) =>
        (await commands.RunAsync(new CommandLine("ip", arguments), cancellationToken: cancellationToken))
            .EnsureSucceeded($"Setting up the bridge {network.Bridge}");
}
