namespace KubeLab.Ansible;

/// <summary>What pip, uv and venv say when they fail, in a sentence.</summary>
public static partial class InstallFailure
{
    /// <summary>Why a command failed.</summary>
    public static string Reason(CommandResult result)
    {
        var said = $"{result.StandardOutput}\n{result.StandardError}";
        if (result.TimedOut)
            return $"no end after {result.Command.Timeout.TotalMinutes:0} min";
        if (said.Contains("ensurepip is not available", StringComparison.Ordinal)
            || said.Contains("No module named ensurepip", StringComparison.Ordinal)
            || said.Contains("No module named 'ensurepip'", StringComparison.Ordinal))
            return "this Python has no ensurepip, which the system brings apart: apt-get install python3-venv, or install uv";
        if (Changed().Matches(said) is { Count: > 0 } changed)
            return string.Join("; ", changed.Select(each =>
                $"{each.Groups["name"].Value} isn't the file that was locked: {each.Groups["file"].Value} has SHA-256 "
                + $"{each.Groups["got"].Value}, and {each.Groups["expected"].Value} was expected"));
        var error = Lines(said).LastOrDefault(line => Error().IsMatch(line)) ?? Lines(result.StandardError).LastOrDefault()
            ?? Lines(said).LastOrDefault() ?? $"exit code {result.ExitCode}";
        if (error.Contains("--require-hashes mode", StringComparison.Ordinal))
            return $"the lock has no hash for {string.Join(", ", Unheld().Matches(said).Select(each => each.Groups["name"].Value))}: {error}";
        if (Broken().Match(said) is { Success: true } broken)
            return $"the package index doesn't answer as it should ({Inner(broken.Groups["reason"].Value)}); {error}";
        return said.Contains("(from versions: none)", StringComparison.Ordinal)
            ? $"the package index has none of it for this Python, or doesn't answer; {error}" : error;
    }

    /// <summary>Whether a program is too old for an option.</summary>
    public static bool IsUnknownOption(string reason) => reason.Contains("no such option", StringComparison.Ordinal);

    /// <summary>What pip says of versions that were taken back and are asked for all the same.</summary>
    public static IEnumerable<string> Yanked(string said) => YankedVersion().Matches(said)
        .Select(match => $"{match.Groups["name"].Value} {match.Groups["version"].Value} was taken back by its authors (yanked): {match.Groups["why"].Value.Trim()}");

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // urllib3 tells of the object that failed before it tells why.
    private static string Inner(string reason) =>
        reason.LastIndexOf('>') is >= 0 and var at ? reason[(at + 1)..].Trim(' ', ':', ',') : reason;

    [GeneratedRegex(@"^(ERROR|error)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Error();

    [GeneratedRegex(
        @"(connection broken by ['""](?<reason>[^\r\n]*?)['""]\)?: /)|(fetch URL [^\r\n]*Caused by (?<reason>[^\r\n]*) - skip)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Broken();

    [GeneratedRegex(
        @"^\s+(?<name>[^\s@]\S*)( @ \S+)? from (?<file>[^\s#]+)\S*[^\r\n]*\r?\n(\s+Expected\s+(sha256|or)\s+(?<expected>[0-9a-f]+))+\s+Got\s+(?<got>[0-9a-f]+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Changed();

    // They stand below the error.
    [GeneratedRegex(@"^ {4}(?<name>[A-Za-z0-9][^\s=<>@]*)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Unheld();

    [GeneratedRegex(
        @"yanked version: '(?<name>[^']+)' candidate \(version (?<version>[^ ]+) at[^\n]*\n(Reason for being yanked: (?<why>[^\r\n]*))?",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex YankedVersion();
}
