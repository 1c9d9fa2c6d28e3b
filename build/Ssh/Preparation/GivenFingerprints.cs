namespace KubeLab.Ssh;

/// <summary>Fingerprints of host keys that a person has from the machines themselves, such as from their consoles.</summary>
/// <param name="lines">The lines of a file: <c>k8s-m0 SHA256:…</c>, what <c>ssh-keygen -l</c> prints, or <c>known_hosts</c>
/// lines.</param>
/// <param name="source">The file, as errors name it.</param>
public sealed partial class GivenFingerprints(IEnumerable<string> lines, string source)
{
    private readonly List<(string? Name, string Fingerprint)> given = [.. lines
        .Select((line, index) => (Text: line.Trim(), Place: $"{source}:{index + 1}"))
        .Where(line => line.Text.Length > 0 && line.Text[0] is not ('#' or '@'))
        .Select(line => Parse(line.Text, line.Place))];

    /// <summary>Reads a file of them.</summary>
    /// <exception cref="UserError">It can't be read, or a line of it is none.</exception>
    public static GivenFingerprints Read(string file)
    {
        try
        {
            return new GivenFingerprints(File.ReadAllLines(file), file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"The fingerprints can't be read: {exception.Message}", "Name a file with --fingerprints.", exception);
        }
    }

    /// <summary>Whether a key is one of those that are given, for any machine or for this one.</summary>
    /// <param name="names">What the machine goes by: its name in the inventory, its address.</param>
    public bool Accept(HostKey key, params IReadOnlyList<string> names) => given.Exists(
        each => each.Fingerprint == key.Fingerprint && (each.Name is null || names.Contains(each.Name) || each.Name == key.Host));

    private static (string? Name, string Fingerprint) Parse(string line, string place)
    {
        if (HostKey.Parse(line) is { } key)
            return (key.Host, key.Fingerprint);
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var at = Array.FindIndex(words, word => Fingerprint().IsMatch(word));
        // "256 SHA256:… root@k8s-m0 (ED25519)": a comment names no machine for sure.
        if (at == 0 || (at == 1 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return (null, words[at].TrimEnd('='));
        return at == 1 ? (words[0], words[at].TrimEnd('=')) : throw new UserError(
            $"{place}: '{PlainText.Of(line)}' is no fingerprint of a host key.",
            "Write a line a machine: k8s-m0 SHA256:…, as its own ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub says.");
    }

    [GeneratedRegex("^SHA256:[A-Za-z0-9+/]{43}=?$", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Fingerprint();
}
