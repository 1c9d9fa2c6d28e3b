using System.Runtime.InteropServices;
using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>
/// The toolchain of a release on a Python, held to its files: what <c>LockToolchain</c> found, and <c>InstallRequirements</c>
/// installs. It lies in the cluster's folder, to be committed there.
/// </summary>
/// <param name="Requirements">Tells one state of a release's requirements from another.</param>
/// <param name="Python">Major and minor version.</param>
/// <param name="Machine">System and processor, as <c>linux-x64</c>: pip's report knows this machine's files alone.</param>
public sealed partial record ToolchainLock(
    int Version, string Distribution, string Requirements, string Python, string Machine, string Resolver,
    IReadOnlyList<LockedPackage> Packages, IReadOnlyList<LockedContent> Roles, IReadOnlyList<LockedContent> Collections)
{
    private const int Newest = 1;
    private const string Anew = "Run ./build.sh LockToolchain, look at what changed, and commit it.";

    /// <summary>The file's name in a cluster's folder.</summary>
    public static string FileName => "toolchain.lock";

    /// <summary>The file in a cluster's folder.</summary>
    public static string PathIn(Cluster cluster) => Path.Combine(cluster.Directory, FileName);

    /// <summary>A lock of packages, without roles and collections.</summary>
    public static ToolchainLock Of(
        Distribution distribution, string? ansibleVersion, Version python, string resolver,
        IReadOnlyList<LockedPackage> packages) =>
        new(Newest, distribution.Name, KeyOf(distribution, ansibleVersion), $"{AnsiblePython.Minor(python)}", ThisMachine,
            resolver, [.. packages.OrderBy(each => each.Name, StringComparer.Ordinal)], [], []);

    /// <summary>Reads the lock of a cluster.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="UserError">The file is no such lock.</exception>
    public static ToolchainLock? Read(Cluster cluster)
    {
        var path = PathIn(cluster);
        if (!File.Exists(path))
            return null;
        try
        {
            var read = RecordJson.Read<ToolchainLock>(File.ReadAllBytes(path), Newest);
            return read.Wrong() is { } wrong ? throw new JsonException(wrong) : read;
        }
        catch (JsonException exception)
        {
            throw new UserError($"{path} is no lock that can be read: {exception.Message}", Anew, exception);
        }
    }

    /// <summary>Writes the lock into a cluster's folder.</summary>
    public void Write(Cluster cluster) => Aside.Write(PathIn(cluster), RecordJson.Write(this));

    /// <summary>Makes sure that it is of this release, this Python and this machine.</summary>
    /// <exception cref="UserError">It is of another.</exception>
    public void Require(Distribution distribution, string? ansibleVersion, Version python)
    {
        if (KeyOf(distribution, ansibleVersion) != Requirements)
            throw Other(distribution.Name == Distribution
                ? $"other requirements of {Distribution} than its tree has"
                : $"{Distribution}, and this is {distribution.Name}");
        if ($"{AnsiblePython.Minor(python)}" != Python)
            throw Other($"Python {Python}, and the one that fits here is {AnsiblePython.Minor(python)}");
        if (ThisMachine != Machine)
            throw Other($"{Machine}, and this is {ThisMachine}");
    }

    /// <summary>The packages as a requirements file that pip and uv take with <c>--require-hashes</c>.</summary>
    public string ToRequirements() => string.Concat(Packages.Select(package =>
        $"{package.Name}{(package.Url is null ? $"=={package.Version}" : $" @ {package.Url}")}"
        + string.Concat(package.Sha256.Select(hash => $" --hash=sha256:{hash}")) + "\n"));

    /// <summary>What changed against another lock, a line each.</summary>
    public IReadOnlyList<string> ChangesSince(ToolchainLock earlier)
    {
        var before = earlier.Contents();
        var now = Contents();
        return [.. before.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .Select(name => (name, Before: before.GetValueOrDefault(name), Now: now.GetValueOrDefault(name)))
            .Where(each => each.Before != each.Now)
            .Select(each => $"{each.name}: {each.Before.Version ?? "none"} → {each.Now.Version ?? "none"}"
                + (each.Before.Version == each.Now.Version ? " (other files)" : ""))];
    }

    private Dictionary<string, (string? Version, string Files)> Contents() => Packages
        .Select(each => (each.Name, each.Version, Files: string.Join(' ', each.Sha256)))
        .Concat(Roles.Concat(Collections).Select(each => (each.Name, each.Version, Files: each.Sha256)))
        .ToDictionary(each => each.Name, each => ((string?)each.Version, each.Files));

    private static string ThisMachine => RuntimeInformation.RuntimeIdentifier;

    private UserError Other(string what) => new($"{FileName} is of {what}.", $"Its hashes hold for that alone. {Anew}");

    private static string KeyOf(Distribution distribution, string? ansibleVersion)
    {
        var requirements = distribution.Requirements;
        var text = new StringBuilder();
        if (requirements.PythonFile(ansibleVersion) is { } pins)
            text.Append(PythonRequirements.Read(pins).Text);
        if (requirements.GalaxyFile(ansibleVersion) is { } galaxy)
            text.Append(File.ReadAllText(galaxy));
        foreach (var (name, range) in distribution.Collections.OrderBy(each => each.Key, StringComparer.Ordinal))
            text.Append(name).Append(range).Append('\n');
        return CacheKey.Of(text.ToString());
    }

    // What it says goes into a requirements file, where a blank or a line more would say something else.
    private string? Wrong() => Packages.FirstOrDefault(each => !Name().IsMatch(each.Name) || !Name().IsMatch(each.Version)
            || each.Sha256.Count == 0 || each.Sha256.Any(hash => !Hash().IsMatch(hash))
            || (each.Url is { } url && (url.Any(char.IsWhiteSpace) || !Uri.TryCreate(url, UriKind.Absolute, out _))))
                is { } package
        ? $"package {package.Name} has no name, version or hash that can be"
        : Roles.Concat(Collections).FirstOrDefault(each => !Name().IsMatch(each.Name) || !Name().IsMatch(each.Version)
            || !Hash().IsMatch(each.Sha256)) is { } content
            ? $"{content.Name} has no name, version or hash that can be" : null;

    [GeneratedRegex(@"\A[A-Za-z0-9*][A-Za-z0-9._+!-]*\z", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Hash();
}

/// <summary>A Python package, held to its files.</summary>
/// <param name="Url">Where it lies, for one that is asked for by its address; null for one of the index.</param>
/// <param name="Sha256">The SHA-256 of each of its files that may be installed, hexadecimal.</param>
public sealed record LockedPackage(string Name, string Version, string? Url, IReadOnlyList<string> Sha256);

/// <summary>A role or collection, held to its content.</summary>
/// <param name="Sha256">The SHA-256 of a collection's archive; of a role, that of its files.</param>
public sealed record LockedContent(string Name, string Version, string Sha256);
