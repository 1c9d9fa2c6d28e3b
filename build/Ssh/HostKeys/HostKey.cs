using System.Security.Cryptography;

namespace KubeLab.Ssh;

/// <summary>A host key as a line of <c>known_hosts</c> has it.</summary>
/// <param name="Host">The host as ssh looks it up: <c>192.0.2.10</c>, <c>[192.0.2.10]:2222</c>.</param>
/// <param name="Type">The kind of key: <c>ssh-ed25519</c>.</param>
public sealed record HostKey(string Host, string Type, string Key)
{
    /// <summary>The fingerprint as OpenSSH shows it: <c>SHA256:…</c>.</summary>
    public string Fingerprint => $"SHA256:{Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Key))).TrimEnd('=')}";

    /// <summary>The line.</summary>
    public override string ToString() => $"{Host} {Type} {Key}";

    /// <summary>Reads a line of <c>known_hosts</c>.</summary>
    /// <returns>The key, or null for a comment, a marker or what is none.</returns>
    public static HostKey? Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length >= 3 && words[0][0] is not ('#' or '@') && Convert.TryFromBase64String(words[2], new byte[words[2].Length], out _)
            ? new HostKey(words[0], words[1], words[2])
            : null;
    }
}
