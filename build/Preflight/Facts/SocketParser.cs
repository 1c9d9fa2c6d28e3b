namespace KubeLab.Preflight;

/// <summary>Reads the listening sockets of /proc/net/tcp and tcp6 (proc(5)), and their owners from <c>ss -Hltnp</c>.</summary>
internal static partial class SocketParser
{
    /// <summary>Reads the lines; those that are no listening TCP socket are left out.</summary>
    /// <param name="sockets">Lines such as <c>   1: 0100007F:1F90 00000000:0000 0A …</c>.</param>
    /// <param name="owners">Lines such as <c>LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))</c>.</param>
    public static IReadOnlyList<ListeningPort> Parse(IReadOnlyList<string> sockets, IReadOnlyList<string> owners)
    {
        var ownerOf = Owners(owners);
        return [.. sockets.Select(Socket).OfType<IPEndPoint>()
            .Select(end => new ListeningPort(end.Address, end.Port, ownerOf.GetValueOrDefault(end.Port))).Distinct()];
    }

    private static IPEndPoint? Socket(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words is not [_, var local, _, "0A", ..])
            return null;
        var parts = local.Split(':');
        return parts.Length == 2 && Address(parts[0]) is { } address
            && int.TryParse(parts[1], NumberStyles.AllowHexSpecifier, null, out var port) && port is > 0 and <= ushort.MaxValue
            ? new IPEndPoint(address, port) : null;
    }

    // The address stands as 32-bit words in the node's own byte order, which is little-endian on every machine that
    // Kubernetes is built for but s390x.
    private static IPAddress? Address(string hex)
    {
        if (hex.Length is not (8 or 32))
            return null;
        var bytes = new byte[hex.Length / 2];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!byte.TryParse(hex.AsSpan(i * 2, 2), NumberStyles.AllowHexSpecifier, null, out bytes[(i / 4 * 4) + 3 - (i % 4)]))
                return null;
        }

        return new IPAddress(bytes);
    }

    private static Dictionary<int, string> Owners(IReadOnlyList<string> lines)
    {
        var owners = new Dictionary<int, string>();
        foreach (var line in lines)
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 4 && Owner().Match(line) is { Success: true } owner
                && int.TryParse(words[3].Split(':')[^1], NumberStyles.None, null, out var port))
                owners[port] = owner.Groups["name"].Value;
        }

        return owners;
    }

    [GeneratedRegex("users:\\(\\(\"(?<name>[^\"]{1,64})\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Owner();
}
