using System.Collections;
using Nuke.Common.CI.GitHubActions;
using Nuke.Common.Execution;
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

    private AbsolutePath? rootDirectory;
    private Host? host;

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
    public AbsolutePath RootDirectory => rootDirectory ??= FindRootDirectory();

    /// <summary>Where the build runs.</summary>
    public Host Host
    {
        get => host ??= FindHost();
        set => host = value;
    }

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
        if (new ParameterSources(this, files: []).Find("Root", typeof(AbsolutePath)) is AbsolutePath given)
            return given;

        for (var directory = WorkingDirectory; directory is not null; directory = directory.Parent)
        {
            if ((directory / ".nuke").DirectoryExists())
                return directory;
        }

        throw new BuildException(
            $"Neither {WorkingDirectory} nor a directory above it holds a .nuke directory: start there, or give --root.");
    }

    private Host FindHost()
    {
        var name = new ParameterSources(this, files: []).Find("Host", typeof(string)) as string;
        Host[] hosts = [new GitHubActions(), new Terminal()];
        if (name is null)
            return Variables.ContainsKey("GITHUB_ACTIONS") ? hosts[0] : hosts[1];
        return hosts.FirstOrDefault(known => string.Equals(known.GetType().Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new BuildException(
                $"Host is {name}, which is not one of {string.Join(", ", hosts.Select(known => known.GetType().Name))}.");
    }
}
