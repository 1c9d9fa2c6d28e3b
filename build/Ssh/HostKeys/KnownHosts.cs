namespace KubeLab.Ssh;

/// <summary>The host keys that OpenSSH's known_hosts files hold, for a client that can't read them itself. Format: sshd(8),
/// "SSH_KNOWN_HOSTS FILE FORMAT": names, patterns, hashed names and <c>@revoked</c>; no certificate authorities.</summary>
public sealed class KnownHosts(IEnumerable<string> lines)
{
    private readonly List<Entry> entries = [.. lines.Select((line, index) => Entry.Parse(line, index + 1)).OfType<Entry>()];

    /// <summary>Reads the files that are there.</summary>
    public static KnownHosts Read(IEnumerable<string> files) => new(files.Where(File.Exists).SelectMany(File.ReadAllLines));

    /// <summary>The types of the keys that are known for a host, as <c>ssh-ed25519</c>; empty where none is.</summary>
    public IReadOnlyList<string> TypesFor(string address, int port) =>
        [.. For(address, port).Where(entry => !entry.IsRevoked).Select(entry => entry.KeyType).Distinct()];

    /// <summary>Judges the key that a host shows.</summary>
    /// <param name="key">The public key as it goes over the wire (RFC 4253, 6.6).</param>
    /// <returns>Null where the key is known, else what to say.</returns>
    public SshFailureReason? Judge(string address, int port, ReadOnlySpan<byte> key)
    {
        var encoded = Convert.ToBase64String(key);
        var known = For(address, port);
        var same = known.FindAll(entry => entry.Key == encoded);
        if (same.Exists(entry => entry.IsRevoked))
            return SshFailureReason.HostKeyChanged;
        if (same.Count > 0)
            return null;
        return known.Exists(entry => !entry.IsRevoked) ? SshFailureReason.HostKeyChanged : SshFailureReason.HostKeyUnknown;
    }

    /// <summary>The number of a line that lets another key of a host in beside one that stands before it: a second key of a type,
    /// or a certificate authority; null for none.</summary>
    public int? Beside(string address, int port)
    {
        var all = entries.FindAll(entry => !entry.IsRevoked && entry.Names(Name(address, port)));
        var keys = all.FindAll(entry => !entry.IsAuthority);
        return keys.Find(entry => keys.Exists(
                other => other.Line < entry.Line && other.KeyType == entry.KeyType && other.Key != entry.Key))?.Line
            ?? (keys.Count > 0 ? all.Find(entry => entry.IsAuthority)?.Line : null);
    }

    /// <summary>Whether keys are known for a host with another port, and none with this one.</summary>
    public bool IsPinnedElsewhere(string address, int port) => For(address, port).Count == 0
        && entries.Exists(entry => entry.Hosts.Split(',').Any(
            host => host == address || host.StartsWith($"[{address}]:", StringComparison.Ordinal)));

    private static string Name(string address, int port) => port == 22 ? address : $"[{address}]:{port}";

    private List<Entry> For(string address, int port) =>
        entries.FindAll(entry => !entry.IsAuthority && entry.Names(Name(address, port)));

    private sealed record Entry(string Hosts, string KeyType, string Key, string? Marker, int Line)
    {
        public bool IsRevoked => Marker == "@revoked";

        public bool IsAuthority => Marker == "@cert-authority";

        public static Entry? Parse(string line, int number)
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
                return null;
            var marker = words[0].StartsWith('@') ? words[0] : null;
            if (marker is not (null or "@revoked" or "@cert-authority"))
                return null;
            var rest = words.AsSpan(marker is null ? 0 : 1);
            return rest.Length < 3 ? null : new Entry(rest[0], rest[1], rest[2], marker, number);
        }

        public bool Names(string host)
        {
            if (Hosts.StartsWith("|1|", StringComparison.Ordinal))
                return IsHashOf(host);
            var patterns = Hosts.Split(',');
            return Array.Exists(patterns, pattern => !pattern.StartsWith('!') && Matches(pattern, host))
                && !Array.Exists(patterns, pattern => pattern.StartsWith('!') && Matches(pattern[1..], host));
        }

        // HashKnownHosts of ssh_config(5): |1|base64 of the salt|base64 of the name's HMAC-SHA1 under it.
        private bool IsHashOf(string host)
        {
            var parts = Hosts.Split('|');
            var salt = new byte[64];
            if (parts.Length != 4 || !Convert.TryFromBase64String(parts[2], salt, out var length))
                return false;
#pragma warning disable CA5350 // The format's own choice: it hides names, it protects nothing.
            return Convert.ToBase64String(HMACSHA1.HashData(salt.AsSpan(0, length), Encoding.UTF8.GetBytes(host))) == parts[3];
#pragma warning restore CA5350
        }

        private static bool Matches(string pattern, string host)
        {
            var expression = Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".");
            return Regex.IsMatch(
                host, $"^{expression}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
    }
}

/// <summary>A host key as a line of <c>known_hosts</c> has it.</summary>
/// <param name="Host">The host as ssh looks it up: <c>192.0.2.10</c>, <c>[192.0.2.10]:2222</c>.</param>
/// <param name="Type">The kind of key: <c>ssh-ed25519</c>.</param>
public sealed record HostKey(string Host, string Type, string Key)
{
    /// <summary>The fingerprint as OpenSSH shows it: <c>SHA256:…</c>.</summary>
    public string Fingerprint => $"SHA256:{Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Key))).TrimEnd('=')}";

    /// <summary>The signature algorithms for keys of a type (RFC 8332: those of ssh-rsa have names of their own).</summary>
    public static IReadOnlyList<string> Algorithms(string type) => type == "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];

    /// <summary>The line.</summary>
    public override string ToString() => $"{Host} {Type} {Key}";

    /// <summary>Reads a line of <c>known_hosts</c>.</summary>
    /// <returns>The key, or null for a comment, a marker or what is none.</returns>
    public static HostKey? Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length >= 3 && words[0][0] is not ('#' or '@')
            && Convert.TryFromBase64String(words[2], new byte[words[2].Length], out _)
            ? new HostKey(words[0], words[1], words[2])
            : null;
    }
}
