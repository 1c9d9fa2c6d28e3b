namespace KubeLab.Lifecycle;

/// <summary>A step of a replacement.</summary>
/// <param name="Name">Its name in the ledger.</param>
/// <param name="Does">What it does, for people.</param>
/// <param name="Run">Does it; it may be done twice, as after a run that was killed in it.</param>
public sealed record ReplacementStep(string Name, string Does, Func<Task> Run)
{
    /// <summary>The name of the step in which the node leaves.</summary>
    public static string Remove => "remove";

    /// <summary>The name of the step in which what takes its place joins.</summary>
    public static string Join => "join";

    /// <summary>Whether it is done again by a run that goes on, although it was done: it looks at what is there now.</summary>
    public bool IsRepeated { get; init; }
}

/// <summary>What a replacement has come to, kept in a file until the inventory says the same, so that a run that was killed goes
/// on where it was.</summary>
/// <param name="Node">The node.</param>
/// <param name="By">What takes its place: a machine's name, or an address; null for the same machine.</param>
/// <param name="Members">The names of etcd's members by their nodes, as they were at the beginning.</param>
/// <param name="Done">The steps that are done.</param>
/// <param name="HasEnded">Whether all are.</param>
public sealed record ReplacementState(
    string Node, string? By, bool IsGone, DateTimeOffset Began, IReadOnlyDictionary<string, string> Members,
    IReadOnlyList<string> Done, bool HasEnded)
{
    /// <summary>The name of what is kept of it in a run's record.</summary>
    public static string RecordName => "node-replacement.json";

    /// <summary>The file that keeps it.</summary>
    public static string FileOf(Cluster cluster) => Path.Combine(cluster.ArtifactsDirectory, "node-replacement.state.json");

    /// <summary>The one of a cluster; null for none. One that has ended is forgotten once the inventory says the same.</summary>
    public static ReplacementState? Of(Cluster cluster, Inventory inventory)
    {
        if (RecordJson.Recall<ReplacementState>(FileOf(cluster)) is not { } state)
            return null;
        if (!state.HasEnded || !NodeReplacement.IsSettled(inventory, state.Node, state.By!))
            return state;
        File.Delete(FileOf(cluster));
        return null;
    }

    /// <summary>That it goes on, in words.</summary>
    internal string Under =>
        $"{Node} is being replaced by {By ?? "the same machine anew"} since {Began:yyyy-MM-dd HH:mm} UTC";

    /// <summary>What is done, in words.</summary>
    internal string IsDone => Done.Count == 0 ? "nothing yet" : string.Join(", ", Done);

    /// <summary>The command that goes on with it.</summary>
    public string Command(Cluster cluster) => string.Join(' ', new[]
    {
        "./build.sh ReplaceNode --node", ShellWords.Quote(Node),
        By is null ? null : $"--by {ShellWords.Quote(By)}", IsGone ? "--node-is-gone" : null,
        $"--confirm {ShellWords.Quote(cluster.Name)}",
    }.OfType<string>());

    /// <summary>Keeps it.</summary>
    public void Keep(Cluster cluster) => Aside.Write(FileOf(cluster), RecordJson.Write(this));

    /// <summary>Refuses what would bring back a node that was replaced, or go into the midst of a replacement.</summary>
    /// <param name="target">What is to be done.</param>
    /// <exception cref="UserError">It is refused.</exception>
    public static void RequireSettled(Cluster cluster, Inventory inventory, string target)
    {
        if (Of(cluster, inventory) is not { } state)
            return;
        if (!state.HasEnded)
            throw new UserError(
                $"{state.Under} (done: {state.IsDone}), and {target} would go by an inventory that doesn't know of it.",
                $"Go on with it: {state.Command(cluster)}. Nothing was changed.");
        throw new UserError(
            $"{state.Node} was replaced by {state.By}, and {inventory.Source} doesn't say so: {target} would bring {state.Node} back.",
            $"Write it there, as the run that replaced it said; or, if {state.Node} is to come back, remove {FileOf(cluster)}. Nothing was changed.");
    }
}

/// <summary>Does a replacement step by step, and keeps what is done.</summary>
/// <param name="onStep">Is told what is done next.</param>
public sealed class ReplacementLedger(Cluster cluster, TimeProvider time, Action<string> onStep)
{
    /// <summary>Finds what to go on with.</summary>
    /// <returns>What there is, or a new one.</returns>
    /// <exception cref="UserError">Another replacement was begun.</exception>
    public ReplacementState Open(Inventory inventory, string node, string? by, bool isGone)
    {
        if (ReplacementState.Of(cluster, inventory) is not { } state)
            return new ReplacementState(
                node, by, isGone, time.GetUtcNow(), new Dictionary<string, string>(), [], HasEnded: false);
        if (state.Node == node && state.By == by)
            return state.HasEnded ? state : state with { IsGone = isGone };
        throw new UserError(
            state.HasEnded
                ? $"{state.Node} was replaced by {state.By}, and the inventory doesn't say so yet."
                : $"{state.Under}.",
            state.HasEnded ? "Write it into the inventory first. Nothing was changed."
                : $"Go on with it first: {state.Command(cluster)}. Nothing was changed.");
    }

    /// <summary>Does what is left to do.</summary>
    /// <returns>What it has come to.</returns>
    /// <exception cref="UserError">A step failed; the error says how to go on.</exception>
    public async Task<ReplacementState> RunAsync(ReplacementState state, IReadOnlyList<ReplacementStep> steps)
    {
        state.Keep(cluster);
        foreach (var (number, step) in steps.Index())
        {
            if (state.Done.Contains(step.Name) && !step.IsRepeated)
                continue;
            // What follows a step that is done needs nothing of what came before it.
            if (step.IsRepeated && steps.Skip(number + 1).Any(later => state.Done.Contains(later.Name)))
                continue;
            onStep($"{number + 1} of {steps.Count}: {step.Does}");
            try
            {
                await step.Run();
            }
            catch (UserError error)
            {
                throw new UserError(
                    $"The replacement of {state.Node} has stopped: {step.Does}. {error.Problem}",
                    $"{error.Remedy}\nDone is {state.IsDone}. Mend it, then go on: {state.Command(cluster)}", error);
            }

            state = state with { Done = [.. state.Done.Append(step.Name).Distinct()] };
            state.Keep(cluster);
        }

        state = state with { HasEnded = true };
        if (state.By is null)
            File.Delete(ReplacementState.FileOf(cluster));
        else
            state.Keep(cluster);
        return state;
    }
}
