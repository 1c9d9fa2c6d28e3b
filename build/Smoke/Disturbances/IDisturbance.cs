using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Something that befalls a node, done to it on purpose: how long it is until all is well again, and what a workload
/// notices. Each lies in a file of its own, and says what is done, to which nodes, and by what a node shows that it is
/// over.</summary>
public interface IDisturbance : IStagedCheck
{
    int ISmokeCheck.Tier => 2;

    string ISmokeCheck.Needs => "SSH to the nodes of an inventory, and --confirm";

    IReadOnlyList<string> IStagedCheck.Manifests => ["web"];

    /// <summary>Each node has a limit of its own (<see cref="SmokeOptions.HealLimit"/>): this is only the net below
    /// them.</summary>
    TimeSpan ISmokeCheck.Limit => TimeSpan.FromHours(24);

    /// <summary>The word of <c>disturb.sh</c> for what is done.</summary>
    string Action { get; }

    /// <summary>What becomes of a node, as in "k8s-n0 was rebooted".</summary>
    string Done { get; }

    /// <summary>What a node says of itself that is another when it is over; null where it is enough that nothing goes
    /// on.</summary>
    string? Changes => null;

    /// <summary>How long it lasts, before the node ends it by itself.</summary>
    TimeSpan Lasts => TimeSpan.Zero;

    /// <summary>The nodes that it is done to, one after the other, and those of them that have to be left out, with the
    /// reason.</summary>
    Task<IReadOnlyList<DisturbanceTurn>> TurnsAsync(
        DisturbedNodes nodes, SmokeContext context, CancellationToken cancellationToken);

    Task<SmokeVerdict> ISmokeCheck.RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        context.Disturber is { } disturber
            ? disturber.RunAsync(this, context, cancellationToken)
            : Task.FromResult(SmokeVerdict.Skip("there is no way to the nodes"));
}

/// <summary>A node's turn.</summary>
/// <param name="LeftOut">Why nothing is done to it; null where something is.</param>
public sealed record DisturbanceTurn(Node Node, string? LeftOut = null);
