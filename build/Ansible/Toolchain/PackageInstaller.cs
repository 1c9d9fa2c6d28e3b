namespace KubeLab.Ansible;

/// <summary>Makes virtual environments and fills them: with uv where it is installed, which is far faster, else with venv and
/// pip. uv's options are those of its documentation (docs.astral.sh/uv, "uv venv", "uv pip install", "uv pip compile";
/// --default-index since 0.4.23).</summary>
/// <param name="uv">The path of uv; null for none.</param>
public sealed class PackageInstaller(string? uv, AnsibleSettings settings)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(15);

    /// <summary>How long the index may be silent, in seconds.</summary>
    public int Silence { get; init; } = 10;

    /// <summary>The installer that this machine has.</summary>
    public static PackageInstaller Find(AnsibleSettings settings, int silence) =>
        new(Which.Find("uv"), settings) { Silence = silence };

    /// <summary>Its name.</summary>
    public string Name => uv is null ? "pip" : "uv";

    /// <summary>The command that makes an empty environment.</summary>
    public CommandLine Create(string python, string directory) => uv is null
        ? CommandLine.Of(python, "-m", "venv", directory)
        : CommandLine.Of(uv, "venv", "--no-project", "--python", python, directory);

    /// <summary>The command that installs exactly the pins of a requirements file.</summary>
    /// <param name="isLocked">Whether each has a hash, and nothing without one is to be installed.</param>
    public CommandLine Install(string directory, string pinsFile, bool isLocked = false)
    {
        string[] hashes = isLocked ? ["--require-hashes"] : [];
        return uv is null
            ? Pip(directory, [.. hashes, .. Source("--index-url"), "--requirement", pinsFile])
            : Uv("install", [.. hashes, "--python", Python(directory), .. Source("--default-index"), "-r", pinsFile]);
    }

    /// <summary>The command that downloads the wheels of exactly the pins of a requirements file, with what they depend on; uv
    /// has none for that.</summary>
    /// <param name="python">The Python that they are for.</param>
    public CommandLine Download(string python, string folder, string pinsFile) => CommandLine.Of(
        python,
        [
            "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "10", "--quiet",
            "--dest", folder, .. Source("--index-url"), "--requirement", pinsFile,
        ]) with
    { Timeout = InstallLimit };

    /// <summary>The command that finds out what a requirements file amounts to, without installing it.</summary>
    /// <param name="resultFile">What it writes, for <see cref="Resolved"/>.</param>
    public CommandLine Resolve(string directory, string pinsFile, string resultFile) => uv is null
        ? Pip(
            directory,
            [
                // Only so does it say what is wrong with an index.
                "--verbose", "--dry-run", "--ignore-installed", "--report", resultFile, .. Source("--index-url"),
                "--requirement", pinsFile,
            ])
        : Uv(
            "compile",
            [
                "--generate-hashes", "--no-header", "--no-annotate", "--python", Python(directory), .. Source("--default-index"),
                "--output-file", resultFile, pinsFile,
            ]);

    /// <summary>Reads what <see cref="Resolve"/> wrote.</summary>
    public IReadOnlyList<LockedPackage> Resolved(string result) =>
        uv is null ? ResolvedPackages.OfPip(result) : ResolvedPackages.OfUv(result);

    private static string Python(string directory) => Path.Combine(directory, "bin", "python");

    private CommandLine Pip(string directory, IReadOnlyList<string> arguments) => CommandLine.Of(
        Python(directory),
        [
            "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", $"{Silence}",
            .. arguments,
        ]) with
    { Timeout = InstallLimit };

    private CommandLine Uv(string verb, IReadOnlyList<string> arguments) => CommandLine.Of(uv!, ["pip", verb, .. arguments]) with
    { Timeout = InstallLimit };

    private IReadOnlyList<string> Source(string indexOption) => [
        .. settings.Wheels is { } wheels ? ["--no-index", "--find-links", wheels] : Array.Empty<string>(),
        .. settings is { Index: { } index, Wheels: null } ? [indexOption, index] : Array.Empty<string>(),
    ];
}
