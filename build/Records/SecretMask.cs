using System.Buffers;
using System.Collections.Immutable;

namespace KubeLab.Records;

/// <summary>Takes secrets out of what goes into a run's record or on the console: those that are known, in every notation that a
/// record's file may have, and those of a telling shape (passwords in URLs, private keys, kubeadm's tokens).</summary>
public sealed partial class SecretMask
{
    /// <summary>What stands where a secret stood.</summary>
    public static string Mark => "***";

    // Shorter ones can't be told from other text: masking every "no" would hide the record, and tell the secret.
    private const int Shortest = 4;

    private readonly Lock adding = new();
    private ImmutableArray<string> forms = [];
    private SearchValues<string> search = SearchValues.Create([], StringComparison.Ordinal);

    /// <summary>Makes secrets known.</summary>
    public void Add(IEnumerable<string> secrets)
    {
        lock (adding)
        {
            var added = secrets.Select(secret => secret.Trim()).Where(secret => secret.Length >= Shortest)
                .SelectMany(Notations).SelectMany(form => new[] { form, InJson(form) });
            forms = [.. forms.Concat(added).Distinct().OrderByDescending(form => form.Length)];
            search = SearchValues.Create([.. forms], StringComparison.Ordinal);
        }
    }

    /// <summary>A text without secrets.</summary>
    public string Mask(string text)
    {
        if (text.AsSpan().ContainsAny(search))
        {
            foreach (var form in forms)
                text = text.Replace(form, Mark);
        }

        if (text.Contains("://"))
            text = UserInformation().Replace(text, $"${{scheme}}{Mark}@");
        if (text.Contains("PRIVATE KEY-----"))
            text = PrivateKey().Replace(text, $"${{begin}}{Mark}${{end}}");
        if (text.Contains("token") || text.Contains("certificate-key"))
            text = JoinSecret().Replace(text, $"${{name}}{Mark}");
        return text;
    }

    /// <summary>Masks the files of a record where they lie. A file that holds no secret is left as it is.</summary>
    public void Seal(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
            SealFile(file);
    }

    private void SealFile(string file) => Aside.Write(file, aside =>
    {
        using var masked = new StreamWriter(aside);
        var (isChanged, isInKey) = (false, false);
        foreach (var line in File.ReadLines(file))
        {
            var clean = isInKey ? "" : Mask(line);
            // A key over several lines, of which only the first and the last give it away.
            isInKey = isInKey ? !line.Contains("-----END") : line.Contains("PRIVATE KEY-----")
                && line.Contains("-----BEGIN") && !line.Contains("-----END");
            isChanged |= clean != line;
            if (clean.Length > 0 || line.Length == 0)
                masked.Write($"{clean}\n");
        }

        return isChanged;
    });

    // As it is, and as JSON (of Python too), XML, Markdown, a shell's word, a URL and Base64 have it.
    private static IEnumerable<string> Notations(string secret) => [
        secret,
        InJson(secret),
        JsonSerializer.Serialize(secret)[1..^1],
        PythonJson(secret),
        secret.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;"),
        System.Net.WebUtility.HtmlEncode(secret),
        MarkdownText.Inline(secret),
        secret.Replace("'", @"'\''"),
        // Inside a JSON text that is an argument of a command line.
        InJson(secret).Replace("'", @"'\''"),
        // JSON within JSON, as a task's message that shows a data structure.
        PythonJson(InJson(secret)),
        Uri.EscapeDataString(secret),
        Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret)),
    ];

    private static string InJson(string text) => JsonSerializer.Serialize(text, RecordJson.Options)[1..^1];

    private static string PythonJson(string text) => string.Concat(text.Select(character => character switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\n' => @"\n",
        '\t' => @"\t",
        < ' ' or > '~' => $@"\u{(int)character:x4}",
        _ => character.ToString(),
    }));

    [GeneratedRegex("""(?<scheme>\b[A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/?#@:"'<>]{0,200}:[^\s/?#"'<>]{1,300}@""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex UserInformation();

    [GeneratedRegex("(?<begin>-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----).*?(?<end>-----END [A-Z ]{0,30}PRIVATE KEY-----|$)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex PrivateKey();

    // What lets a machine join the cluster: kubeadm's bootstrap token and certificate key.
    [GeneratedRegex("""(?<name>(--token|token:|token=|--certificate-key|certificate-key:)\s?["']?)([a-z0-9]{6}\.[a-z0-9]{16}|[0-9a-f]{64})""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex JoinSecret();
}
