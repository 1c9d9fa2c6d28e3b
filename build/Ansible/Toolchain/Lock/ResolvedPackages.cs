using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>Reads what a resolver found: pip's installation report (pip's documentation, "Installation Report", since 22.2), or
/// the requirements that uv writes.</summary>
public static partial class ResolvedPackages
{
    /// <summary>Reads pip's report, JSON.</summary>
    /// <exception cref="UserError">It is no report, or a package has no hash.</exception>
    public static IReadOnlyList<LockedPackage> OfPip(string report)
    {
        try
        {
            using var document = JsonDocument.Parse(report);
            return [.. document.RootElement.GetProperty("install").EnumerateArray().Select(Package)];
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UserError($"pip's report can't be read: {exception.Message}", "pip 22.2 and newer write one.", exception);
        }
    }

    /// <summary>Reads what <c>uv pip compile --generate-hashes</c> writes.</summary>
    /// <exception cref="UserError">A package has no version or no hash.</exception>
    public static IReadOnlyList<LockedPackage> OfUv(string requirements) =>
    [
        .. requirements.Replace("\\\r\n", " ").Replace("\\\n", " ").Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] is not ('#' or '-')).Select(Line),
    ];

    private static LockedPackage Package(JsonElement item)
    {
        var metadata = item.GetProperty("metadata");
        var download = item.GetProperty("download_info");
        var name = PythonRequirements.Normalized(metadata.GetProperty("name").GetString() ?? "");
        var hash = download.TryGetProperty("archive_info", out var archive) ? Sha256(archive) : null;
        var isDirect = item.TryGetProperty("is_direct", out var direct) && direct.ValueKind == JsonValueKind.True;
        return new LockedPackage(
            name, metadata.GetProperty("version").GetString() ?? "", isDirect ? download.GetProperty("url").GetString() : null,
            [hash ?? throw WithoutHash(name)]);
    }

    private static string? Sha256(JsonElement archive)
    {
        if (archive.TryGetProperty("hashes", out var hashes) && hashes.TryGetProperty("sha256", out var hash))
            return hash.GetString();
        return archive.TryGetProperty("hash", out var old) && old.GetString() is { } text
            && text.StartsWith("sha256=", StringComparison.Ordinal) ? text["sha256=".Length..] : null;
    }

    private static LockedPackage Line(string line)
    {
        if (Requirement().Match(line) is not { Success: true } match)
            throw new UserError($"uv answered with a line that is no requirement: {line}");
        var name = PythonRequirements.Normalized(match.Groups["name"].Value);
        IReadOnlyList<string> hashes = [.. Hash().Matches(line).Select(hash => hash.Groups["hash"].Value)];
        return new LockedPackage(
            name, match.Groups["version"].Success ? match.Groups["version"].Value : "0",
            match.Groups["url"].Success ? match.Groups["url"].Value : null, hashes.Count > 0 ? hashes : throw WithoutHash(name));
    }

    private static UserError WithoutHash(string name) => new(
        $"The resolver gives no hash for {name}, so no lock can hold it to one file.",
        "It comes from a repository or a folder, or the index knows no SHA-256 of it: name an archive instead, or a newer pip.");

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?\s*(==\s*(?<version>[^\s;]+)|@\s*(?<url>\S+))(\s|;|$)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Requirement();

    [GeneratedRegex("--hash=sha256:(?<hash>[0-9a-f]{64})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Hash();
}
