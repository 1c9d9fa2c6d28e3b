using System.Linq.Expressions;

namespace Nuke.Common.Execution;

/// <summary>Collects what a target says of itself.</summary>
internal sealed class TargetDefinition : ITargetDefinition
{
    public string? Description { get; private set; }
    public bool IsListed { get; private set; } = true;
    public List<Action> Actions { get; } = [];
    public List<(Func<bool> Holds, string Text)> StaticConditions { get; } = [];
    public List<(Func<bool> Holds, string Text)> DynamicConditions { get; } = [];
    public List<Expression<Func<bool>>> Requirements { get; } = [];
    public List<Target> DependsOn { get; } = [];
    public List<Target> Before { get; } = [];
    public List<Target> After { get; } = [];
    public List<Target> Triggers { get; } = [];

    ITargetDefinition ITargetDefinition.Description(string description) => Set(() => Description = description);

    ITargetDefinition ITargetDefinition.Executes(params Action[] actions) => Add(Actions, actions);

    ITargetDefinition ITargetDefinition.Executes(Func<Task> action) => Add(Actions, [() => action().GetAwaiter().GetResult()]);

    ITargetDefinition ITargetDefinition.DependsOn(params Target[] targets) => Add(DependsOn, targets);

    ITargetDefinition ITargetDefinition.OnlyWhenStatic(Func<bool> condition, string? conditionExpression) =>
        Add(StaticConditions, [(condition, TextOf(conditionExpression))]);

    ITargetDefinition ITargetDefinition.OnlyWhenDynamic(Func<bool> condition, string? conditionExpression) =>
        Add(DynamicConditions, [(condition, TextOf(conditionExpression))]);

    ITargetDefinition ITargetDefinition.Requires(
        Expression<Func<bool>> requirement, params Expression<Func<bool>>[] requirements) =>
        Add(Requirements, [requirement, .. requirements]);

    ITargetDefinition ITargetDefinition.Before(params Target[] targets) => Add(Before, targets);

    ITargetDefinition ITargetDefinition.After(params Target[] targets) => Add(After, targets);

    ITargetDefinition ITargetDefinition.Triggers(params Target[] targets) => Add(Triggers, targets);

    ITargetDefinition ITargetDefinition.Unlisted() => Set(() => IsListed = false);

    // "() => HasNodes" reads as "HasNodes".
    private static string TextOf(string? expression) =>
        string.Join(' ', (expression ?? "").Replace("() =>", "", StringComparison.Ordinal)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private TargetDefinition Add<T>(List<T> list, IEnumerable<T> items) => Set(() => list.AddRange(items));

    private TargetDefinition Set(Action change)
    {
        change();
        return this;
    }
}
