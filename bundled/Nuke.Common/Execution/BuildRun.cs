using System.Linq.Expressions;
using System.Runtime.InteropServices;
using Nuke.Common.Output;
using Nuke.Common.Parameters;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>One run of a build, from the command line to the exit code.</summary>
internal sealed class BuildRun<T>
    where T : NukeBuild, new()
{
    private const int Failed = -1;
    private const int Interrupted = 130; // 128 + SIGINT, as shells report it

    private readonly Invocation invocation;
    private readonly LogSink log;
    private readonly Lock ending = new();
    private T? build;
    private TargetRunner? runner;
    private PosixSignalRegistration? noticing;
    private bool isToldOfInterrupt;
    private bool isSummedUp;

    public BuildRun(Invocation invocation)
    {
        this.invocation = Invocation.Current = invocation;
        log = new LogSink(invocation);
    }

    /// <summary>Runs the build.</summary>
    /// <returns>The exit code.</returns>
    public int Execute(Expression<Func<T, Target>>[] defaults)
    {
        Log.Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(log).CreateLogger();
        // Handlers of a signal are called one after the other, the last one registered first: this one comes after those of
        // OnBuildInitialized, and sees whether they took the interrupt over.
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnInterrupt);
        try
        {
            build = new T();
            if (!Prepare(build, defaults))
                return build.ExitCode ?? 0;
            runner!.Run();
            SumUp();
            return build.ExitCode ?? (runner.IsInterrupted ? Interrupted : build.IsSucceeding ? 0 : Failed);
        }
        catch (Exception exception)
        {
            Log.Verbose(exception, "Ended outside of a target");
            invocation.Output.WriteLine(exception.Message, Tone.Error);
            SumUp();
            return build?.ExitCode ?? Failed;
        }
        finally
        {
            noticing?.Dispose();
            Log.CloseAndFlush();
        }
    }

    /// <summary>Does everything that comes before the first target.</summary>
    /// <returns>Whether there is something to run, and not only to show.</returns>
    private bool Prepare(T build, Expression<Func<T, Target>>[] defaults)
    {
        var parameters = Parameter.Of(typeof(T));
        var sources = new ParameterSources(invocation, ParametersFile.Of(invocation));
        build.Inject(sources);
        foreach (var parameter in parameters)
            parameter.Inject(build, sources);
        var graph = TargetGraph.Of(build, defaults);
        build.OnBuildCreated();
        if (!build.NoLogo)
            invocation.Output.WriteLine("KubeLab's stand-in for NUKE 10.1.0 (bundled/Nuke.Common)", Tone.Dim);
        WarnAboutUnknownOptions(parameters);
        WarnAboutNamesOfNuke(parameters);

        var plan = graph.Plan(sources.Find("Target", typeof(string[]), '+') as string[]);
        if (build.Plan && plan.Count > 0)
        {
            PlanText.Write(invocation.Output, plan);
            return false;
        }

        if (build.Help || plan.Count == 0)
        {
            HelpText.Write(invocation.Output, graph.Targets, parameters);
            return false;
        }

        build.ExecutionPlan = plan;
        build.OnBuildInitialized();
        runner = new TargetRunner(build, invocation, log);
        // Called before those of OnBuildInitialized: a target that they end must already know why.
        noticing = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => runner.Interrupt());
        if (sources.Find("Skip", typeof(string[]), '+') is string[] skipped)
            runner.Skip(skipped);
        if (!runner.CheckStaticConditions())
            throw new BuildException("A condition could not be looked at, so that no target has been started.");
        new RequirementCheck(build, parameters).Check(plan.Where(target => target.Status == ExecutionStatus.Scheduled));
        return true;
    }

    private void WarnAboutUnknownOptions(IReadOnlyList<Parameter> parameters)
    {
        List<Option> known = [.. parameters, .. Option.OfEveryBuild];
        foreach (var given in invocation.Arguments.Options)
        {
            if (known.Exists(option => Names.Same(option.Name, given)))
                continue;
            var nearest = Names.Nearest(given.Split('=')[0], known.Select(option => option.Dashed));
            Log.Warning(
                "{Option} is no option of this build and is ignored.{Nearest}",
                given, nearest is null ? "" : $" Did you mean {nearest}?");
        }
    }

    private static void WarnAboutNamesOfNuke(IReadOnlyList<Parameter> parameters)
    {
        var kept = Option.OfEveryBuild.Select(option => option.Name).Concat(Option.KeptBack).ToList();
        foreach (var parameter in parameters.Where(parameter => kept.Exists(name => Names.Same(name, parameter.Name))))
            Log.Warning("{Option} is an option of NUKE itself: call the parameter differently", parameter.Dashed);
    }

    // A second Ctrl+C finds nothing to do here, and the process ends as it would without this handler.
    private void OnInterrupt(PosixSignalContext signal)
    {
        if (runner is null || Interlocked.Exchange(ref isToldOfInterrupt, value: true))
            return;
        runner.Interrupt();
        if (signal.Cancel)
            return; // The build lets its running target come to an end: Execute goes on from there.
        lock (ending)
        {
            runner.RunAssured();
            SumUp();
        }
    }

    /// <summary>Says how it ended, once; on Ctrl+C, after what is assured has run.</summary>
    private void SumUp()
    {
        lock (ending)
        {
            if (isSummedUp || build is not { ExecutionPlan.Count: > 0 })
                return;
            isSummedUp = true;
            foreach (var target in build.ExecutionPlan)
                target.Settle();
            log.Repeat();
            SummaryTable.Write(invocation.Output, build);
            build.OnBuildFinished();
        }
    }
}
