namespace KubeLab.Ansible;

/// <summary>Makes virtual environments and fills them: with uv where it is installed, which is far faster, else with venv and
/// pip. uv's options are those of its documentation (docs.astral.sh/uv, "uv venv", "uv pip install"; --default-index since
/// 0.4.23).</summary>
/// <param name="uv">The path of uv; null for none.</param>
public sealed class PackageInstaller(string? uv, AnsibleSettings settings)
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(15);

    /// <summary>The installer that this machine has.</summary>
    public static PackageInstaller Find(AnsibleSettings settings) => new(Which.Find("uv"), settings);

    /// <summary>The command that makes an empty environment.</summary>
    public CommandLine Create(string python, string directory) => uv is null
        ? CommandLine.Of(python, "-m", "venv", directory)
        : CommandLine.Of(uv, "venv", "--no-project", "--python", python, directory);

    /// <summary>The command that installs exactly the pins of a requirements file.</summary>
    public CommandLine Install(string directory, string pinsFile)
    {
        var python = Path.Combine(directory, "bin", "python");
        var install = uv is null
            ? CommandLine.Of(
                python,
                [
                    "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "10",
                    .. Source("--index-url"), "--requirement", pinsFile,
                ])
            : CommandLine.Of(uv, ["pip", "install", "--python", python, .. Source("--default-index"), "-r", pinsFile]);
        return install with { Timeout = InstallLimit };
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

    private IReadOnlyList<string> Source(string indexOption) => [
        .. settings.Wheels is { } wheels ? ["--no-index", "--find-links", wheels] : Array.Empty<string>(),
        .. settings is { Index: { } index, Wheels: null } ? [indexOption, index] : Array.Empty<string>(),
    ];
}
