namespace KubeLab.Diagnosis;

/// <summary>What a failed task said, fit to be matched: bounded, plain, and without remarks beside an error.</summary>
internal static partial class SaidText
{
    // What signatures look at is cut here, so that a message of any size is matched in bounded time.
    private const int Limit = 16 * 1024;
    private const int LongestLine = 1000;

    /// <summary>Of a text that is plain, the lines that tell of an error; all of them where none does.</summary>
    public static string Errors(string plain)
    {
        var lines = plain.Split('\n').SelectMany(Parts).ToList();
        var errors = lines.Where(line => !Remark().IsMatch(line) || Carried().IsMatch(line)).ToList();
        return string.Join('\n', errors.Any(line => !SaysNothing().IsMatch(line)) ? errors : lines);
    }

    // A pattern's time grows with a line's length and the square of it. What is cut is no part of a word.
    private static IEnumerable<string> Parts(string line)
    {
        while (line.Length > LongestLine)
        {
            var end = line.LastIndexOf(' ', LongestLine - 1) is > LongestLine / 2 and var space ? space : LongestLine;
            yield return line[..end];
            line = line[end..].TrimStart();
        }

        yield return line;
    }

    /// <summary>The beginning and the end of a text, without a terminal's sequences, and what JSON quotes unquoted.</summary>
    public static string Plain(string text)
    {
        var bounded = text.Length <= Limit ? text : $"{text[..(Limit / 2)]}\n{text[^(Limit / 2)..]}";
        return Quoted().Replace(
            PlainText.Of(bounded, Limit + 2),
            match => match.ValueSpan[^1] switch { 'n' => "\n", 'r' => "", 't' => "\t", var other => other.ToString() });
    }

    // Remarks of kubeadm, of Kubernetes' and containerd's programs, of etcd, sudo, apt, dnf, pip, Ansible and Python.
    [GeneratedRegex(
        """^\s*(\[WARNING [\w-]+\]|[WI]\d{4} \d\d:\d\d:\d\d|time="?[^ ]+ level=(debug|info|warning)|level=(debug|info|warning)\b|\{"level":"(debug|info|warn)"|sudo: unable to resolve host|\[?DEPRECATION WARNING|\[WARNING\]: (Could not match supplied host pattern|Skipping|Platform |Invalid characters were found|Found both group|Collection |Consider )|WARNING: (apt does not have a stable CLI|Running pip as|The script|You are using pip|The directory)|W: (Target |.*apt-key|.*legacy trusted|Download is performed unsandboxed|Possible missing firmware)|N: |debconf: |dpkg-preconfigure|\[notice\]|Flag --\S+ has been deprecated|Warning: (Permanently added|apps/|policy/|would violate|resource .* is missing the)|\S+: (DeprecationWarning|UserWarning|CryptographyDeprecationWarning)|To see the stack trace of this error|Using the host's Python|OpenSSH_\d|debug\d: )""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Remark();

    // etcd's clients say the cause as a warning, and then only that they failed.
    [GeneratedRegex(@"^\s*\{""level"":""warn"".*""error"":", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Carried();

    // What stands in every failure of its kind, whatever the cause.
    [GeneratedRegex(
        """^\s*(non-zero return code|MODULE FAILURE|See stdout/stderr for the exact error|Shared connection to \S+ closed\.?|\[preflight\].*|Assertion failed|)\s*$""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex SaysNothing();

    [GeneratedRegex(@"\\+[""'nrt/]", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Quoted();
}
