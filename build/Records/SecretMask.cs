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
                .SelectMany(Notations).SelectMany(form => new[] { form, InJson(form), PythonJson(form) });
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
        if (text.Contains("-data"))
            text = KubeconfigData().Replace(text, $"${{name}}{Mark}");
        if (new[] { "bearer", "basic" }.Any(scheme => text.Contains(scheme, StringComparison.OrdinalIgnoreCase)))
            text = Authorization().Replace(text, $"${{scheme}}{Mark}");
        if (text.Contains("eyJ"))
            text = SignedToken().Replace(text, Mark);
        return text;
    }

    /// <summary>An error as the build engine may show it: without secrets, and steering neither terminal nor CI.</summary>
    public UserError Mask(UserError error) =>
        new(Inert(error.Problem), error.Remedy is null ? null : Inert(error.Remedy), error);

    /// <summary>A text as the build engine may show it.</summary>
    public string Inert(string text) => ConsoleLog.Inert(Mask(text));

    /// <summary>Masks the files of a record where they lie. A file that holds no secret is left as it is.</summary>
    public void Seal(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
            SealFile(file);
    }

    // Looked at first, as there may be no room for another file.
    private void SealFile(string file)
    {
        var seen = new MaskedLines(Mask);
        if (File.ReadLines(file).All(line => seen.Next(line) == line))
            return;
        Aside.Write(file, aside =>
        {
            using var writer = new StreamWriter(aside);
            var masked = new MaskedLines(Mask);
            foreach (var clean in File.ReadLines(file).Select(masked.Next).OfType<string>())
                writer.Write($"{clean}\n");
        }, UnixFile.Private);
    }

    // As it is, and as JSON (of Python too), XML, Markdown, a shell's word, a URL and Base64 have it.
    private static IEnumerable<string> Notations(string secret) => [
        secret,
        InJson(secret),
        JsonSerializer.Serialize(secret)[1..^1],
        PythonJson(secret),
        secret.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;"),
        System.Net.WebUtility.HtmlEncode(secret),
        MarkdownText.Inline(secret),
        // Python's html.escape and shlex.quote, and YAML's two quotations.
        secret.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#x27;"),
        secret.Replace("'", """'"'"'"""),
        secret.Replace("'", "''"),
        InYaml(secret),
        secret.Replace("'", @"'\''"),
        // Inside a JSON text that is an argument of a command line.
        InJson(secret).Replace("'", @"'\''"),
        // JSON within JSON, as a task's message that shows a data structure.
        PythonJson(InJson(secret)),
        .. InUrl(secret),
        // RFC 4648, 5: the alphabet of tokens and URLs.
        .. InBase64(secret).SelectMany(text => new[] { text, text.Replace('+', '-').Replace('/', '_') }),
    ];

    // Base64 writes three bytes as four characters: what a secret becomes depends on what stands before it, as in
    // "user:password". Those characters that the bytes around it have a part in are left out.
    private static IEnumerable<string> InBase64(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return Convert.ToBase64String(bytes);
        foreach (var before in Enumerable.Range(0, 3))
        {
            var text = Convert.ToBase64String([.. new byte[before], .. bytes]);
            var from = (before * 8 + 5) / 6;
            var to = (before + bytes.Length) * 8 / 6;
            if (to - from >= Shortest)
                yield return text[from..to];
        }
    }

    private static string InJson(string text) => JsonSerializer.Serialize(text, RecordJson.Options)[1..^1];

    // RFC 3986's way, Python's, which leaves slashes alone, and those of forms; hexadecimal digits are small ones too.
    private static IEnumerable<string> InUrl(string secret)
    {
        var escaped = Uri.EscapeDataString(secret);
        string[] ways = [
            escaped, escaped.Replace("%2F", "/"), escaped.Replace("%20", "+"), System.Net.WebUtility.UrlEncode(secret),
        ];
        return ways.SelectMany(way => new[] { way, EscapedByte().Replace(way, match => match.Value.ToLowerInvariant()) });
    }

    // YAML 1.2, 5.7, as PyYAML writes what is not ASCII.
    private static string InYaml(string text) => string.Concat(PythonJson(text).Split(@"\u00").Select(
        (part, at) => at == 0 ? part : $@"\x{part[..2].ToUpperInvariant()}{part[2..]}"));

    private static string PythonJson(string text) => string.Concat(text.Select(character => character switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\n' => @"\n",
        '\t' => @"\t",
        < ' ' or > '~' => $@"\u{(int)character:x4}",
        _ => character.ToString(),
    }));

    [GeneratedRegex("%[0-9A-F]{2}", RegexOptions.NonBacktracking)]
    private static partial Regex EscapedByte();

    [GeneratedRegex("""(?<scheme>\b[A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/?#@:"'<>]{0,200}:[^\s/?#"'<>]{1,300}@""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex UserInformation();

    // A text that was cut off ends before its quotation mark.
    [GeneratedRegex("(?<begin>-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^\"]*?(?<end>-----END [A-Z ]{0,30}PRIVATE KEY-----|(?=\")|$)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex PrivateKey();

    // The client's key and its certificate's twin in a kubeconfig; the authority's certificate is no secret.
    [GeneratedRegex("""(?<name>client-(key|certificate)-data\\?["']?:\s?\\?["']?)[A-Za-z0-9+/=]{16,}""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KubeconfigData();

    // RFC 6750 and 7617: what proves who asks. A word of prose has neither a digit nor a capital in the middle.
    [GeneratedRegex("""(?<scheme>(?i:\b(bearer|basic))\s+)(?=[A-Za-z._~+/-]*([0-9]|[a-z][A-Z]))[A-Za-z0-9._~+/-]{8,}=*""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Authorization();

    // RFC 7519, as a service account's token is, wherever it stands: two JSON objects and a signature.
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*", RegexOptions.NonBacktracking)]
    private static partial Regex SignedToken();

    // What lets a machine join the cluster: kubeadm's bootstrap token and certificate key.
    [GeneratedRegex("""(?<name>(--token|token:|token=|--certificate-key|certificate-key:)\s?["']?)([a-z0-9]{6}\.[a-z0-9]{16}|[0-9a-f]{64})""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex JoinSecret();
}

/// <summary>Masks the lines of a text one after the other, as they come.</summary>
/// <param name="mask">What takes the secrets out of one line.</param>
public sealed class MaskedLines(Func<string, string> mask)
{
    private bool isInKey;

    /// <summary>The line without secrets; null where it lies in a private key, of which only the first line and the last give
    /// it away.</summary>
    public string? Next(string line)
    {
        if (isInKey)
        {
            isInKey = !line.Contains("-----END");
            return null;
        }

        isInKey = line.Contains("PRIVATE KEY-----") && line.Contains("-----BEGIN") && !line.Contains("-----END");
        return mask(line);
    }
}
