using System.Linq.Expressions;
using System.Reflection;

namespace Nuke.Common.Execution;

/// <summary>All targets of a build and the edges between them.</summary>
internal sealed class TargetGraph
{
    private TargetGraph(IReadOnlyList<ExecutableTarget> targets) => Targets = targets;

    /// <summary>The targets as they are declared.</summary>
    public IReadOnlyList<ExecutableTarget> Targets { get; }

    /// <summary>Finds the targets of a build.</summary>
    public static TargetGraph Of<T>(T build, IReadOnlyList<Expression<Func<T, Target>>> defaults)
        where T : NukeBuild
    {
        var targets = build.GetType()
            .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => property.PropertyType == typeof(Target))
            .Select(property => Define(property, build))
            .ToList();
        var graph = new TargetGraph(targets);
        targets.ForEach(graph.Link);
        foreach (var chosen in defaults)
            graph.Find(NameIn(chosen)).IsDefault = true;
        return graph;
    }

    /// <summary>The target of that name, apart from case and dashes.</summary>
    /// <exception cref="BuildException">There is none.</exception>
    public ExecutableTarget Find(string name) =>
        Targets.FirstOrDefault(target => Names.Same(target.Name, name))
        ?? throw new BuildException(
            $"There is no target {name}. Targets: {string.Join(", ", Targets.Select(target => target.Name).Order())}");

    /// <summary>
    /// What a run does, in order: the invoked targets, or the default ones, with all that they need and trigger.
    /// </summary>
    /// <exception cref="BuildException">A name is none of a target, or the targets wait for each other.</exception>
    public IReadOnlyList<ExecutableTarget> Plan(IReadOnlyList<string>? names)
    {
        var invoked = names?.Select(Find).ToList();
        invoked?.ForEach(target => target.Invoked = true);
        var wanted = new HashSet<ExecutableTarget>();
        var open = new Stack<ExecutableTarget>(invoked ?? [.. Targets.Where(target => target.IsDefault)]);
        while (open.TryPop(out var target))
        {
            if (!wanted.Add(target))
                continue;
            foreach (var pulledIn in target.PulledIn)
                open.Push(pulledIn);
        }

        var plan = InOrder().Where(wanted.Contains).ToList();
        plan.ForEach(target => target.Status = ExecutionStatus.Scheduled);
        return plan;
    }

    private static ExecutableTarget Define(PropertyInfo property, NukeBuild build)
    {
        var value = property.GetValue(build, BindingFlags.DoNotWrapExceptions, binder: null, index: null, culture: null);
        var factory = (Target)value!;
        var definition = new TargetDefinition();
        factory(definition);
        return new ExecutableTarget(property.Name, factory, definition);
    }

    // x => x.Deploy names a property, which spares compiling the expression.
    private static string NameIn(LambdaExpression expression) =>
        (expression.Body as MemberExpression)?.Member.Name
        ?? throw new BuildException($"A default target has to be given as x => x.Target, not as {expression}.");

    private ExecutableTarget Find(Target factory) =>
        Targets.FirstOrDefault(target => target.Factory == factory)
        ?? throw new BuildException("A target refers to something that is no target of this build.");

    private void Link(ExecutableTarget target)
    {
        var definition = target.Definition;
        foreach (var other in definition.DependsOn.Select(Find))
            Add(target.ExecutionDependencies, other);
        foreach (var other in definition.After.Select(Find))
            Add(target.OrderDependencies, other);
        foreach (var other in definition.Before.Select(Find))
            Add(other.OrderDependencies, target);
        foreach (var other in definition.Triggers.Select(Find))
        {
            Add(target.Triggers, other);
            Add(other.OrderDependencies, target);
        }
    }

    private static void Add(List<ExecutableTarget> targets, ExecutableTarget target)
    {
        if (!targets.Contains(target))
            targets.Add(target);
    }

    // From the end: again and again the first declared target that none of those left has to come after.
    private List<ExecutableTarget> InOrder()
    {
        var left = Targets.ToList();
        var reversed = new List<ExecutableTarget>(left.Count);
        while (left.Count > 0)
        {
            var last = left.Find(target => !left.Exists(other => other.Predecessors.Contains(target))) ?? throw Cycle(left);
            left.Remove(last);
            reversed.Add(last);
        }

        reversed.Reverse();
        return reversed;
    }

    // Each target left is a predecessor of another one left, so going from one to the other must come back to where it was.
    private static BuildException Cycle(List<ExecutableTarget> left)
    {
        var path = new List<ExecutableTarget>();
        var target = left[0];
        while (!path.Contains(target))
        {
            path.Add(target);
            target = left.First(other => other.Predecessors.Contains(target));
        }

        var cycle = path.SkipWhile(step => step != target).Append(target).Reverse();
        return new BuildException(
            $"These targets wait for each other in a circle: {string.Join(" -> ", cycle.Select(step => step.Name))}");
    }
}
