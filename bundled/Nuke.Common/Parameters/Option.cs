namespace Nuke.Common.Parameters;

/// <summary>What can be given on the command line, as the help shows it.</summary>
internal class Option(string name, string? description)
{
    /// <summary>
    /// The options of every build. Their names are NUKE's, which a build's own parameters must not reuse.
    /// </summary>
    public static readonly IReadOnlyList<Option> OfEveryBuild =
    [
        new("Continue", "Leaves out the targets that succeeded in the last run, if that was one of the same targets."),
        new("Help", "Shows the targets and parameters, and runs nothing."),
        new("Host", "Where the build runs: GitHubActions or Terminal. Default is what the environment says."),
        new("NoLogo", "Leaves out the line that names the build engine."),
        new("Plan", "Shows what would run, in order, and runs nothing."),
        new("Profile", "Profiles whose .nuke/parameters.NAME.json are read, the strongest last."),
        new("Root", "Directory that holds .nuke. Default is the nearest one at or above the working directory."),
        new("Skip", "Targets to leave out, such as A+B. Without any: all that were not named."),
        new("Target", "Targets to run, such as A+B. Default is {default_target}."),
        new("Verbosity", "How much of the log is shown: Verbose, Normal, Minimal or Quiet. Default is Normal."),
    ];

    /// <summary>Names that NUKE looks for on the command line without listing them: a build must not reuse them either.</summary>
    public static readonly IReadOnlyList<string> KeptBack = ["Partition", "ShellCompletion", "Strict", "VisualStudioDebug"];

    /// <summary>The name as it stands in code and in parameter files.</summary>
    public string Name { get; } = name;

    /// <summary>The name as it stands on the command line.</summary>
    public string Dashed { get; } = $"--{Names.Dashed(name)}";

    /// <summary>The name as it stands in the environment.</summary>
    public string Variable => $"NUKE_{Names.Dashed(Name).Replace('-', '_').ToUpperInvariant()}";

    /// <summary>What it is.</summary>
    public string? Description { get; } = description;
}
