namespace KubeLab.Project;

/// <summary>One tool that reads KubeLab's own sources.</summary>
/// <param name="DebianPackage">The package that brings it; null where it comes with the .NET SDK.</param>
public sealed record Linter(string Name, string Program, string? DebianPackage, IReadOnlyList<string> Arguments)
{
    /// <summary>What stands for the repository's root in <see cref="Arguments"/>.</summary>
    public const string RootPlaceholder = "{root}";

    /// <summary>The tracked files that it reads, as git pathspecs; none where it finds them by itself.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The folder that it runs in, relative to the root.</summary>
    public string Directory { get; init; } = ".";

    /// <summary>Environment variables that it needs.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Every linter, the quickest first.</summary>
    public static IReadOnlyList<Linter> All { get; } =
    [
        new("shellcheck", "shellcheck", "shellcheck", ["--severity=style"]) { Files = ["*.sh", ".ci/run"] },
        new("yamllint", "yamllint", "yamllint", ["--strict"]) { Files = ["*.yml", "*.yaml"] },
        new("python", "python3", "python3", ["-m", "py_compile"])
        {
            Files = ["*.py"],
            Environment = new Dictionary<string, string?>() { ["PYTHONPYCACHEPREFIX"] = "/tmp/kubelab-pycache" },
        },
        new("ansible-lint", "ansible-lint", "ansible-lint", ["--offline", "--nocolor"]) { Directory = "lab/distribution" },
        new("C# layout", "dotnet", null, ["format", "whitespace", "KubeLab.Build.sln", "--verify-no-changes", "--no-restore"]),
        // build.sh and the tests compile without analyzers, for speed; here their findings are errors.
        new(
            "C# analyzers", "dotnet", null,
            [
                "build", "KubeLab.Build.sln", "-nologo", "-verbosity:quiet", "-p:RunAnalyzers=true", "-p:UseArtifactsOutput=true",
                $"-p:ArtifactsPath={RootPlaceholder}/.nuke/temp/lint", "-nodeReuse:false",
            ]),
    ];
}
