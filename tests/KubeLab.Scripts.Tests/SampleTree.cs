using System.IO.Compression;

namespace KubeLab.Scripts;

/// <summary>
/// A project as the scripts expect it, in a folder of its own with spaces in its name: the real scripts and global.json, a
/// build of three files, and a package feed that is a folder. Its `dotnet` is the real one, behind a script that writes down
/// how it was called.
/// </summary>
sealed class SampleTree : IDisposable
{
    readonly SampleTree? original;
    readonly string name = "my project";
    readonly string folder = Directory.CreateTempSubdirectory("kubelab scripts ").FullName;

    public SampleTree()
    {
        Copy(Repository.PathOf("tests", "KubeLab.Scripts.Tests", "tree"), Root);
        foreach (var file in new[] { "build.sh", "build.ps1", "global.json" })
            File.Copy(Repository.PathOf(file), PathOf(file), overwrite: true);
        WriteProgram("dotnet", $"""
            printf '%s\n' "$*" >>"$DOTNET_CALLS"
            exec '{Toolbox.Require("dotnet")}' "$@"
            """);
    }

    // The same dotnet as the original's: that another one is on the PATH would be a difference to the scripts.
    SampleTree(SampleTree original, string name)
    {
        this.original = original;
        this.name = name;
        Copy(original.Root, Root);
    }

    /// <summary>The project's root; it has a space in its path.</summary>
    public string Root => Path.Combine(folder, name);

    /// <summary>Programs of the test, which come before those of the machine.</summary>
    public string Programs => Path.Combine(folder, "programs");

    /// <summary>A folder outside of the project.</summary>
    public string Elsewhere => Directory.CreateDirectory(Path.Combine(folder, "else where")).FullName;

    /// <summary>All calls of dotnet since the tree was made, oldest first: their arguments.</summary>
    public IReadOnlyList<string> DotnetCalls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    /// <summary>The folders with compiled builds.</summary>
    public IReadOnlyList<string> Outputs =>
        Directory.Exists(PathOf("build", "bin")) ? Directory.GetDirectories(PathOf("build", "bin")).Order().ToList() : [];

    string CallsFile => Path.Combine(folder, "dotnet-calls");

    /// <summary>The same project elsewhere, with what the scripts have left in it.</summary>
    public SampleTree Clone(string name = "my project") => new(this, name);

    /// <summary>A file or folder of the project.</summary>
    public string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Puts a bash script in front of the machine's program of this name.</summary>
    public void WriteProgram(string name, string body)
    {
        var file = Path.Combine(Directory.CreateDirectory(Programs).FullName, name);
        File.WriteAllText(file, $"#!{Toolbox.Require("bash")}\n{body}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Puts the package that the build wants into the feed.</summary>
    public void ServePackage()
    {
        using var archive = ZipFile.Open(PathOf("feed", "KubeLab.Sample.1.0.0.nupkg"), ZipArchiveMode.Create);
        using var writer = new StreamWriter(archive.CreateEntry("KubeLab.Sample.nuspec").Open());
        writer.Write("""
            <package>
              <metadata>
                <id>KubeLab.Sample</id>
                <version>1.0.0</version>
                <authors>KubeLab</authors>
                <description>Nothing.</description>
              </metadata>
            </package>
            """);
    }

    /// <summary>Starts build.sh.</summary>
    public ScriptRun Start(
        IEnumerable<string> arguments,
        string? workingDirectory = null,
        IEnumerable<KeyValuePair<string, string>>? environment = null) =>
        ScriptRun.Start(PathOf("build.sh"), arguments, workingDirectory ?? Root, [.. Environment, .. environment ?? []]);

    /// <summary>Runs build.sh.</summary>
    public Task<ScriptResult> RunAsync(params string[] arguments) => FinishAsync(Start(arguments));

    /// <summary>Runs build.sh by another path to it.</summary>
    public Task<ScriptResult> RunThroughAsync(string script, params string[] arguments) =>
        FinishAsync(ScriptRun.Start(script, arguments, Root, Environment));

    /// <summary>Runs build.sh with an environment variable.</summary>
    public Task<ScriptResult> RunWithAsync(string variable, string value, params string[] arguments) =>
        FinishAsync(Start(arguments, environment: [KeyValuePair.Create(variable, value)]));

    /// <summary>Runs build.ps1 in PowerShell's engine.</summary>
    public Task<ScriptResult> RunPowerShellAsync(params string[] arguments) => InPowerShellAsync(["build.ps1", .. arguments]);

    /// <summary>Runs a line as it is typed in PowerShell, in the project's folder.</summary>
    public async Task<ScriptResult> TypeInPowerShellAsync(string line)
    {
        await File.WriteAllTextAsync(PathOf("typed.ps1"), line);
        return await InPowerShellAsync(["typed.ps1"]);
    }

    Task<ScriptResult> InPowerShellAsync(IReadOnlyList<string> script) => FinishAsync(ScriptRun.Start(
        Toolbox.Require("dotnet"),
        ["exec", Path.Combine(AppContext.BaseDirectory, "KubeLab.Scripts.PowerShellHost.dll"), PathOf(script[0]), .. script.Skip(1)],
        Root, Environment));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The feed's package must not end up among the user's own.
    IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        KeyValuePair.Create("PATH", string.Join(
            Path.PathSeparator, Programs, original?.Programs ?? Programs, System.Environment.GetEnvironmentVariable("PATH"))),
        KeyValuePair.Create("DOTNET_CALLS", CallsFile),
        KeyValuePair.Create("NUGET_PACKAGES", Path.Combine(folder, "packages")),
    ];

    static async Task<ScriptResult> FinishAsync(ScriptRun run)
    {
        using (run) return await run.FinishAsync();
    }

    static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
