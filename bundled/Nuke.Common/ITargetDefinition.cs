using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Nuke.Common;

/// <summary>Says what a target needs, when it runs and what it does.</summary>
public interface ITargetDefinition
{
    /// <summary>What the target is for, as the help shows it.</summary>
    ITargetDefinition Description(string description);

    /// <summary>What the target does. A target that does nothing only pulls in others.</summary>
    ITargetDefinition Executes(params Action[] actions);

    /// <summary>What the target does, waited for.</summary>
    ITargetDefinition Executes(Func<Task> action);

    /// <summary>Targets that run before this one.</summary>
    ITargetDefinition DependsOn(params Target[] targets);

    /// <summary>Skips the target unless this holds when it would start.</summary>
    ITargetDefinition OnlyWhenDynamic(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? conditionExpression = null);

    /// <summary>Skips the target unless this holds before the first target starts.</summary>
    ITargetDefinition OnlyWhenStatic(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? conditionExpression = null);

    /// <summary>What must hold before the first target starts.</summary>
    ITargetDefinition Requires(Expression<Func<bool>> requirement, params Expression<Func<bool>>[] requirements);

    /// <summary>This target comes before those, where both run.</summary>
    ITargetDefinition Before(params Target[] targets);

    /// <summary>This target comes after those, where both run.</summary>
    ITargetDefinition After(params Target[] targets);

    /// <summary>Targets that run after this one, whenever it runs.</summary>
    ITargetDefinition Triggers(params Target[] targets);

    /// <summary>The help does not list the target.</summary>
    ITargetDefinition Unlisted();
}
