using System.Security.Cryptography;
using System.Text.Json;
using Xunit;

namespace KubeLab.Scripts;

/// <summary>Runs the scripts of a workflow's job as GitHub's runner does, and holds workflows against GitHub's own parser:
/// the programs under actions/, with the packages of their lock.</summary>
sealed class GitHubRunner : IDisposable
{
    static readonly Lazy<Task<string>> Programs = new(InstallAsync);

    /// <summary>Whether this machine has what it takes.</summary>
    public static bool IsHere => Toolbox.Find("node") is not null && Toolbox.Find("npm") is not null;

    /// <summary>The folder of a run, with blanks in its name: the workspace, the home and the runner's temporary files.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("kubelab runner ").FullName;

    /// <summary>What actions/checkout would have made.</summary>
    public string Workspace => Path.Combine(Folder, "workspace");

    /// <summary>The home of the user who runs the runner.</summary>
    public string Home => Path.Combine(Folder, "home");

    /// <summary>The summary that the job has written; empty where it wrote none.</summary>
    public string Summary => File.Exists(Temporary("summary.md")) ? File.ReadAllText(Temporary("summary.md")) : "";

    /// <summary>A workspace with clusters under inventory/, and a build.sh that says what it was given.</summary>
    public static GitHubRunner With(params string[] clusters)
    {
        var runner = new GitHubRunner();
        foreach (var cluster in clusters)
            Directory.CreateDirectory(Path.Combine(runner.Workspace, "inventory", cluster));
        Directory.CreateDirectory(runner.Home);
        runner.Program("workspace/build.sh", """printf '<%s>' "$@"; echo""");
        return runner;
    }

    /// <summary>Writes a shell script that anyone may run.</summary>
    public void Program(string path, string script)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A file among the runner's temporary ones.</summary>
    public string Temporary(string name) => Path.Combine(Folder, "temp", name);

    /// <summary>Runs a job; programs in the run's folder bin/ come before the machine's.</summary>
    public async Task<ScriptResult> RunAsync(string workflow, string job, object request, TimeSpan? limit = null)
    {
        var asked = JsonSerializer.SerializeToNode(request)!.AsObject();
        asked["repository"] = Repository.PathOf(".");
        asked["workspace"] = Workspace;
        asked["home"] = Home;
        asked["temp"] = Path.Combine(Folder, "temp");
        asked["workflow"] = workflow;
        asked["job"] = job;
        var file = Path.Combine(Folder, "request.json");
        await File.WriteAllTextAsync(file, asked.ToJsonString());
        return await NodeAsync(
            ["run-job.js", file], limit, KeyValuePair.Create("PATH", $"{Folder}/bin:{Environment.GetEnvironmentVariable("PATH")}"));
    }

    /// <summary>Holds all workflows of a repository against GitHub's own parser: one line a problem.</summary>
    public static Task<ScriptResult> ParseAsync(string repository) => NodeAsync(["parse.js", repository], limit: null);

    /// <summary>What a step of the job has left as an output.</summary>
    public string Output(string step, string name) => JsonDocument.Parse(File.ReadAllText(Temporary("steps.json")))
        .RootElement.GetProperty(step).GetProperty("outputs").GetProperty(name).GetString()!;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    static async Task<ScriptResult> NodeAsync(
        string[] arguments, TimeSpan? limit, params KeyValuePair<string, string>[] environment)
    {
        var folder = await Programs.Value;
        Assert.SkipWhen(folder.StartsWith('!'), folder.TrimStart('!'));
        using var run = ScriptRun.Start(
            Toolbox.Require("node"), ["--no-warnings", "--import", "./json-modules.js", .. arguments], folder, environment);
        return await run.FinishAsync(limit);
    }

    // The folder with the programs and their packages, once a version of the lock; or "!" and why there is none.
    static async Task<string> InstallAsync()
    {
        if (!IsHere)
            return "!Node and npm are not installed: GitHub's own parser of workflows is a package of npm.";
        var source = Repository.PathOf("tests", "KubeLab.Scripts.Tests", "actions");
        var files = Directory.GetFiles(source).Order(StringComparer.Ordinal).ToList();
        var key = Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(File.ReadAllBytes)]))[..16];
        var folder = Repository.PathOf(".nuke", "temp", $"actions-{key}");
        if (Directory.Exists(folder))
            return folder;
        var half = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(half);
        foreach (var file in files) File.Copy(file, Path.Combine(half, Path.GetFileName(file)), overwrite: true);
        using var run = ScriptRun.Start(Toolbox.Find("npm")!, ["ci", "--no-audit", "--no-fund"], half);
        var result = await run.FinishAsync();
        if (result.ExitCode != 0)
        {
            Directory.Delete(half, recursive: true);
            return $"!The packages of npm could not be installed: {result.Error.Trim().Split('\n')[0]}";
        }

        Directory.Move(half, folder);
        return folder;
    }
}
