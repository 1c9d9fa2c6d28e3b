using System.Collections;
using Nuke.Common.IO;
using Nuke.Common.Output;
using Nuke.Common.Parameters;

namespace Nuke.Common;

/// <summary>What a run is given from outside. There is one a process; tests hand over one of their own.</summary>
/// <param name="arguments">The command line without the program.</param>
/// <param name="variables">The environment.</param>
/// <param name="workingDirectory">Where it was started.</param>
/// <param name="output">Where everything is written to.</param>
internal sealed class Invocation(
    IReadOnlyList<string> arguments,
    IReadOnlyDictionary<string, string> variables,
    string workingDirectory,
    BuildOutput output)
{
    private static Invocation? current;


    /// <summary>The one that is going on.</summary>
    public static Invocation Current
    {
        get => current ??= OfThisProcess();
        set => current = value;
    }

    public CommandLineArguments Arguments { get; } = new(arguments);
    public IReadOnlyDictionary<string, string> Variables { get; } = variables;
    public AbsolutePath WorkingDirectory { get; } = workingDirectory;
    public BuildOutput Output { get; } = output;
    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    /// <summary>The directory that holds <c>.nuke</c>.</summary>
    /// <exception cref="BuildException">There is none.</exception>
    public AbsolutePath RootDirectory => field ??= FindRootDirectory();

    /// <summary>Where the build runs.</summary>
    /// <exception cref="BuildException">It is said to be somewhere unknown.</exception>
    public Host Host => field ??= FindHost();

    /// <summary>The profiles whose parameter files are read, the strongest last.</summary>
    public IReadOnlyList<string> Profiles =>
        new ParameterSources(this, files: []).Find("Profile", typeof(string[])) as string[] ?? [];

    private static Invocation OfThisProcess() => new(
        Environment.GetCommandLineArgs()[1..],
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
        Directory.GetCurrentDirectory(),
        BuildOutput.ToConsole());

    private AbsolutePath FindRootDirectory()
    {
        if (Arguments.Find("Root") is { Count: 0 })
            return WorkingDirectory;
        if (new ParameterSources(this, files: []).Find("Root", typeof(string)) is string given)
            return Path.GetFullPath(given, WorkingDirectory);

        for (string? directory = WorkingDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Directory.Exists(Path.Combine(directory, ".nuke")))
                return directory;
        }

        throw new BuildException(
            $"Neither {WorkingDirectory} nor a directory above it holds a .nuke directory: start there, or give --root.");
    }

    private Host FindHost()
    {
        var name = new ParameterSources(this, files: []).Find("Host", typeof(string)) as string;
        return (name ?? (Variables.ContainsKey("GITHUB_ACTIONS") ? nameof(GitHubActions) : "Terminal")).ToUpperInvariant() switch
        {
            "GITHUBACTIONS" => new GitHubActions(),
            "TERMINAL" => new Host(),
            _ => throw new BuildException($"Host is {name}, which is not one of GitHubActions, Terminal."),
        };
    }
}
