using System.Linq.Expressions;
using Nuke.Common.Output;
using Nuke.Common.Parameters;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>One run of a build, from the command line to the exit code.</summary>
internal sealed class BuildRun<T>(Invocation invocation)
    where T : NukeBuild, new()
{
    private const int Failed = -1;
    private const int Interrupted = 130; // 128 + SIGINT, as shells report it

    private readonly LogSink log = new(invocation);
    private readonly Lock finishing = new();
    private T? build;
    private TargetRunner? runner;
    private bool isFinished;
    private bool isInterrupted;

    public int Execute(Expression<Func<T, Target>>[] defaults)
    {
        Log.Logger = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(log).CreateLogger();
        Console.CancelKeyPress += OnInterrupt;
        try
        {
            build = new T();
            if (!Prepare(defaults))
                return build.ExitCode ?? 0;
            runner!.Run();
        }
        catch (Exception exception)
        {
            Log.Verbose(exception, "Ended outside of a target");
            invocation.Output.WriteLine(exception.Message, Tone.Error);
            return build?.ExitCode ?? Failed;
        }
        finally
        {
            Console.CancelKeyPress -= OnInterrupt;
            Finish();
            Log.CloseAndFlush();
        }

        return build.ExitCode ?? (isInterrupted ? Interrupted : build.IsSucceeding ? 0 : Failed);
    }

    /// <summary>Everything before the first target.</summary>
    /// <returns>Whether there is something to run.</returns>
    private bool Prepare(Expression<Func<T, Target>>[] defaults)
    {
        var parameters = Parameter.Of(typeof(T));
        var sources = new ParameterSources(invocation, ParametersFile.Of(invocation));
        Inject(parameters, sources);
        var graph = TargetGraph.Of(build!, defaults);
        build!.OnBuildCreated();
        WarnAboutUnknownOptions(parameters);
        if (!build.NoLogo)
            invocation.Output.WriteLine("KubeLab's stand-in for NUKE 10.1.0 (bundled/Nuke.Common)", Tone.Dim);

        var plan = graph.Plan(sources.Find("Target", typeof(string[]), '+') as string[]);
        build.ExecutionPlan = plan;
        if (build.Plan && plan.Count > 0)
        {
            PlanText.Write(invocation.Output, plan);
            return Leave();
        }

        if (build.Help || plan.Count == 0)
        {
            HelpText.Write(invocation.Output, graph.Targets, parameters);
            return Leave();
        }

        build.OnBuildInitialized();
        runner = new TargetRunner(build, invocation, log);
        if (sources.Find("Skip", typeof(string[]), '+') is string[] skipped)
            runner.Skip(skipped);
        if (!runner.CheckStaticConditions())
            throw new BuildException("A condition could not be looked at, so that no target has been started.");
        new RequirementCheck(build, parameters).Check(build.ScheduledTargets);
        return true;
    }

    private bool Leave()
    {
        isFinished = true;
        return false;
    }

    private void Inject(IReadOnlyList<Parameter> parameters, ParameterSources sources)
    {
        foreach (var parameter in parameters.Where(parameter => !parameter.IsBuiltIn || IsInjected(parameter)))
        {
            if (parameter.Find(sources) is { } value)
                parameter.Set(build!, value);
        }
    }

    // The others that every build has are read where they are needed: they say where the files lie and what runs.
    private static bool IsInjected(Parameter parameter) => parameter.Member.Name is
        nameof(NukeBuild.Plan) or nameof(NukeBuild.Help) or nameof(NukeBuild.NoLogo) or nameof(NukeBuild.Continue)
        or nameof(NukeBuild.Verbosity);

    private void WarnAboutUnknownOptions(IReadOnlyList<Parameter> parameters)
    {
        foreach (var option in invocation.Arguments.Options)
        {
            if (parameters.Any(parameter => Names.Same(parameter.Name, option)))
                continue;
            var nearest = Names.Nearest(option.Split('=')[0], parameters.Select(parameter => parameter.Option));
            Log.Warning("{Option} is no option of this build and is ignored.{Nearest}", option, nearest is null ? "" : $" Did you mean {nearest}?");
        }
    }

    private void OnInterrupt(object? sender, ConsoleCancelEventArgs e)
    {
        if (isInterrupted)
            return;
        isInterrupted = true;
        runner?.Interrupt();
        Finish();
    }

    /// <summary>Says how it ended, once.</summary>
    private void Finish()
    {
        lock (finishing)
        {
            if (isFinished || build is not { ExecutionPlan.Count: > 0 })
                return;
            isFinished = true;
            foreach (var target in build.ExecutionPlan)
            {
                target.Stopwatch.Stop();
                target.Status = target.Status switch
                {
                    ExecutionStatus.Running => ExecutionStatus.Aborted,
                    ExecutionStatus.Scheduled => ExecutionStatus.NotRun,
                    var status => status,
                };
            }

            log.Repeat();
            SummaryTable.Write(invocation.Output, build);
            build.OnBuildFinished();
        }
    }
}
