using System.Diagnostics;

namespace Nuke.Common.Execution;

/// <summary>A target in a run: what was defined, and how far it has come.</summary>
public class ExecutableTarget
{
    internal ExecutableTarget(string name, Target factory, TargetDefinition definition)
    {
        Name = name;
        Factory = factory;
        Definition = definition;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it is for.</summary>
    public string? Description => Definition.Description;

    /// <summary>Whether the help lists it.</summary>
    public bool Listed => Definition.IsListed;

    /// <summary>Whether it runs when no target is named.</summary>
    public bool IsDefault { get; set; }

    /// <summary>Whether it was named on the command line.</summary>
    public bool Invoked { get; set; }

    /// <summary>How far it has come.</summary>
    public ExecutionStatus Status { get; set; }

    /// <summary>How long it has run.</summary>
    public TimeSpan Duration => Stopwatch.Elapsed;

    /// <summary>The targets that run before it.</summary>
    public List<ExecutableTarget> ExecutionDependencies { get; } = [];

    /// <summary>The targets that run after it, whenever it runs.</summary>
    public List<ExecutableTarget> Triggers { get; } = [];

    /// <summary>What the summary says about it.</summary>
    public Dictionary<string, string> SummaryInformation { get; } = [];

    internal Target Factory { get; }
    internal TargetDefinition Definition { get; }

    /// <summary>Whether it is left out when its turn comes, because it was done before or a condition doesn't hold.</summary>
    internal bool IsRuledOut { get; set; }

    internal Stopwatch Stopwatch { get; } = new();

    /// <summary>The targets that it comes after without needing them: those it names, and those that trigger it.</summary>
    internal List<ExecutableTarget> OrderDependencies { get; } = [];

    /// <summary>All targets that run because this one does.</summary>
    internal IEnumerable<ExecutableTarget> PulledIn => ExecutionDependencies.Concat(Triggers);

    /// <summary>All targets that come before it, for whatever reason.</summary>
    internal IEnumerable<ExecutableTarget> Predecessors => ExecutionDependencies.Concat(OrderDependencies);

    /// <summary>Leaves it out of the run.</summary>
    internal void Skip(string? why)
    {
        Status = ExecutionStatus.Skipped;
        if (why is not null)
            SummaryInformation.TryAdd("Skipped", why);
    }

    /// <summary>Settles how it ended, as nothing runs any more.</summary>
    internal void Settle()
    {
        Stopwatch.Stop();
        if (Status == ExecutionStatus.Running)
            Status = ExecutionStatus.Aborted;
        if (Status == ExecutionStatus.Scheduled)
            Status = ExecutionStatus.NotRun;
    }
}
