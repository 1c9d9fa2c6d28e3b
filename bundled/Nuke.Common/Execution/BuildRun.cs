using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Nuke.Common.Output;
using Nuke.Common.Parameters;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>One run of a build, from the command line to the exit code.</summary>
internal sealed class BuildRun<T>
    where T : NukeBuild, new()
{
    private const int Failed = -1;

    // The priority of the extension by which NUKE reads the parameters.
    private const float ReadingParameters = 150;

    private readonly Invocation invocation;
    private readonly LogSink log;
    private T? build;

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
        try
        {
            build = new T();
            var runner = Prepare(build, defaults);
            // Handlers of a signal are called one after the other, the last one registered first: a target that those of
            // OnBuildInitialized end must already know why.
            using var noticing = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => runner.Interrupt());
            var hasSucceeded = runner.Run();
            return build.ExitCode ?? (hasSucceeded ? 0 : Failed);
        }
        catch (Exception exception)
        {
            Log.Verbose(exception, "Ended outside of a target");
            invocation.Output.WriteLine(exception.Message, Tone.Error);
            return build?.ExitCode ?? Failed;
        }
        finally
        {
            SumUp();
            Log.CloseAndFlush();
        }
    }

    /// <summary>Does everything that comes before the first target.</summary>
    private TargetRunner Prepare(T build, Expression<Func<T, Target>>[] defaults)
    {
        var parameters = Parameter.Of(typeof(T));
        var graph = TargetGraph.Of(build, defaults);
        var extensions = build.GetType().GetCustomAttributes<BuildExtensionAttributeBase>().ToList();
        extensions.Sort((one, other) => other.Priority.CompareTo(one.Priority));
        extensions.ForEach(extension => extension.Build = build);
        var told = extensions.OfType<IOnBuildCreated>().ToList();
        foreach (var extension in told.Where(each => each.Priority > ReadingParameters))
            extension.OnBuildCreated(graph.Targets);
        var sources = new ParameterSources(invocation, ParametersFile.Of(invocation));
        build.Inject(sources);
        foreach (var parameter in parameters)
            parameter.Inject(build, sources);
        foreach (var extension in told.Where(each => each.Priority <= ReadingParameters))
            extension.OnBuildCreated(graph.Targets);
        if (!build.NoLogo)
            invocation.Output.WriteLine("KubeLab's stand-in for NUKE 10.1.0 (bundled/Nuke.Common)", Tone.Dim);
        var plan = build.ExecutionPlan = graph.Plan(sources.Find("Target", typeof(string[]), '+') as string[]);
        foreach (var extension in extensions.OfType<IOnBuildInitialized>())
            extension.OnBuildInitialized(graph.Targets, plan);
        if (build.Help || build.Plan || plan.Count == 0)
            throw new BuildException("This build shows neither its help nor its plan, and was given nothing to run.");
        build.OnBuildInitialized();
        var runner = new TargetRunner(build, invocation, log);
        if (sources.Find("Skip", typeof(string[]), '+') is string[] skipped)
            runner.Skip(skipped);
        if (!runner.CheckStaticConditions())
            throw new BuildException("A condition could not be looked at, so that no target has been started.");
        foreach (var target in plan.Where(target => target.Status == ExecutionStatus.Scheduled))
        {
            foreach (var requirement in target.Definition.Requirements)
            {
                if (!requirement.Compile(preferInterpretation: true)())
                    throw new BuildException($"{target.Name} requires {Readable(requirement.Body)}.");
            }
        }

        return runner;
    }

    // "(value(Build).Nodes > 0)" reads as "(Nodes > 0)".
    private static string Readable(Expression expression) => Regex.Replace(
        expression.ToString(), @"value\([^)]*\)\.", "", RegexOptions.None, TimeSpan.FromSeconds(1));

    private void SumUp()
    {
        if (build is not { ExecutionPlan.Count: > 0 })
            return;
        foreach (var target in build.ExecutionPlan)
            target.Settle();
        log.Repeat();
        SummaryTable.Write(invocation.Output, build);
        build.OnBuildFinished();
    }
}
