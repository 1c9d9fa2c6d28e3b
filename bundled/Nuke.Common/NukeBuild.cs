using System.Linq.Expressions;
using Nuke.Common.CI.GitHubActions;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Nuke.Common.Parameters;
using Nuke.Common.Tooling;

namespace Nuke.Common;

/// <summary>A build: its properties of type <see cref="Target" /> are its targets.</summary>
public abstract class NukeBuild
{
    /// <summary>The directory that holds <c>.nuke</c>.</summary>
    public static AbsolutePath RootDirectory => Invocation.Current.RootDirectory;

    /// <summary>The directory <c>.nuke/temp</c>.</summary>
    public static AbsolutePath TemporaryDirectory => (RootDirectory / ".nuke" / "temp").CreateDirectory();

    /// <summary>How much of the log is shown.</summary>
    public static Verbosity Verbosity
    {
        get => Invocation.Current.Verbosity;
        set => Invocation.Current.Verbosity = value;
    }

    /// <summary>Where the build runs.</summary>
    public static Host Host
    {
        get => Invocation.Current.Host;
        set => Invocation.Current.Host = value;
    }

    /// <summary>The profiles whose parameter files are read.</summary>
    public static string[] LoadedLocalProfiles => [.. Invocation.Current.Profiles];

    /// <summary>Whether it runs on no build server.</summary>
    public static bool IsLocalBuild => !IsServerBuild;

    /// <summary>Whether it runs on a build server.</summary>
    public static bool IsServerBuild => Host is GitHubActions;

    /// <summary>The targets of this run, in their order.</summary>
    public IReadOnlyCollection<ExecutableTarget> ExecutionPlan { get; set; } = [];

    /// <summary>The targets that were named on the command line.</summary>
    public IReadOnlyCollection<ExecutableTarget> InvokedTargets => [.. ExecutionPlan.Where(target => target.Invoked)];

    /// <summary>The targets that were left out.</summary>
    public IReadOnlyCollection<ExecutableTarget> SkippedTargets => With(ExecutionStatus.Skipped);

    /// <summary>The targets that ended in an exception.</summary>
    public IReadOnlyCollection<ExecutableTarget> FailedTargets => With(ExecutionStatus.Failed);

    /// <summary>The targets that ran to their end.</summary>
    public IReadOnlyCollection<ExecutableTarget> SucceededTargets => With(ExecutionStatus.Succeeded);

    /// <summary>Whether only the plan is shown.</summary>
    public bool Plan { get; private set; }

    /// <summary>Whether only the help is shown.</summary>
    public bool Help { get; private set; }

    /// <summary>Whether the first line, which names the build engine, is left out.</summary>
    public bool NoLogo { get; set; }

    /// <summary>Whether the targets that succeeded in the last run of the same kind are left out.</summary>
    public bool Continue { get; private set; }

    /// <summary>Whether nothing has gone wrong so far.</summary>
    public bool IsSucceeding => !IsFailing;

    /// <summary>Whether a target has failed, or was not run to its end.</summary>
    public bool IsFailing => ExecutionPlan.Any(target =>
        target.Status is ExecutionStatus.Failed or ExecutionStatus.Aborted or ExecutionStatus.NotRun);

    /// <summary>The exit code, where it is to be another one than 0 for success and 255 (-1) for failure.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Says what the summary shows beside the running target.</summary>
    public void ReportSummary(Configure<Dictionary<string, string>>? configurator = null)
    {
        var running = ExecutionPlan.Single(target => target.Status == ExecutionStatus.Running);
        running.SummaryInformation = configurator?.Invoke([]) ?? [];
    }

    /// <summary>Runs a build, with the given targets as the default ones.</summary>
    /// <returns>The exit code.</returns>
    protected static int Execute<T>(params Expression<Func<T, Target>>[] defaultTargetExpressions)
        where T : NukeBuild, new() =>
        new BuildRun<T>(Invocation.Current).Execute(defaultTargetExpressions);

    /// <summary>The parameters have their values.</summary>
    protected internal virtual void OnBuildCreated()
    {
    }

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

    /// <summary>A target was left out.</summary>
    protected internal virtual void OnTargetSkipped(string target)
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

    private List<ExecutableTarget> With(ExecutionStatus status) => [.. ExecutionPlan.Where(target => target.Status == status)];
}
