using System.Linq.Expressions;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Parameters;

namespace Nuke.Common;

/// <summary>A build: its properties of type <see cref="Target" /> are its targets.</summary>
public abstract class NukeBuild : INukeBuild
{
    /// <summary>The directory that holds <c>.nuke</c>.</summary>
    public static AbsolutePath RootDirectory => Invocation.Current.RootDirectory;

    /// <summary>How much of the log is shown.</summary>
    public static Verbosity Verbosity
    {
        get => Invocation.Current.Verbosity;
        set => Invocation.Current.Verbosity = value;
    }

    /// <summary>The profiles whose parameters are read too, the strongest last.</summary>
    public static string[] LoadedLocalProfiles => [.. Invocation.Current.Profiles];

    /// <summary>Whether it runs on a build server.</summary>
    public static bool IsServerBuild => Invocation.Current.Host is GitHubActions;

    /// <summary>The targets of this run, in their order.</summary>
    public IReadOnlyCollection<ExecutableTarget> ExecutionPlan { get; set; } = [];

    /// <summary>The targets that were named on the command line.</summary>
    public IReadOnlyCollection<ExecutableTarget> InvokedTargets => [.. ExecutionPlan.Where(target => target.Invoked)];

    /// <summary>The targets that were left out.</summary>
    public IReadOnlyCollection<ExecutableTarget> SkippedTargets =>
        [.. ExecutionPlan.Where(target => target.Status == ExecutionStatus.Skipped)];

    /// <inheritdoc />
    public bool Plan { get; private set; }

    /// <inheritdoc />
    public bool Help { get; private set; }

    /// <summary>Whether the first line, which names the build engine, is left out.</summary>
    public bool NoLogo { get; set; }

    /// <summary>Whether the targets that succeeded in the last run of the same kind are left out.</summary>
    public bool Continue { get; private set; }

    /// <summary>Whether nothing has gone wrong so far.</summary>
    public bool IsSucceeding => !ExecutionPlan.Any(target =>
        target.Status is ExecutionStatus.Failed or ExecutionStatus.Aborted or ExecutionStatus.NotRun);

    /// <summary>The exit code, where it is to be another one than 0 for success and 255 (-1) for failure.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Runs a build, with the given targets as the default ones.</summary>
    /// <returns>The exit code.</returns>
    protected static int Execute<T>(params Expression<Func<T, Target>>[] defaultTargetExpressions)
        where T : NukeBuild, new() =>
        new BuildRun<T>(Invocation.Current).Execute(defaultTargetExpressions);

    /// <summary>The targets of the run are known, and the first one is about to start.</summary>
    protected internal virtual void OnBuildInitialized()
    {
    }

    /// <summary>The run has ended.</summary>
    protected internal virtual void OnBuildFinished()
    {
    }

    /// <summary>A target is about to run.</summary>
    protected internal virtual void OnTargetRunning(string target)
    {
    }

    /// <summary>A target ran to its end.</summary>
    protected internal virtual void OnTargetSucceeded(string target)
    {
    }

    /// <summary>A target has ended in an exception.</summary>
    protected internal virtual void OnTargetFailed(string target)
    {
    }

    /// <summary>Takes over what every build can be given; the rest is read where it is needed.</summary>
    internal void Inject(ParameterSources sources)
    {
        Plan = sources.Find(nameof(Plan), typeof(bool)) is true;
        Help = sources.Find(nameof(Help), typeof(bool)) is true;
        NoLogo |= sources.Find(nameof(NoLogo), typeof(bool)) is true;
        Continue = sources.Find(nameof(Continue), typeof(bool)) is true;
        Verbosity = sources.Find(nameof(Verbosity), typeof(Verbosity)) as Verbosity? ?? Verbosity;
    }
}
