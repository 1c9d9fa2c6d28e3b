using KubeLab.Ssh;

namespace KubeLab.Smoke;

/// <summary>The nodes that may be disturbed, and what is done to them over SSH.</summary>
/// <param name="only">The names of those that may be; null for all of the inventory's.</param>
public sealed class DisturbedNodes(SmokeNodes nodes, IReadOnlyCollection<string>? only = null)
{
    private const string Word = "kubelab ";
    private const int MembersWithQuorum = 3;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly Inventory inventory = nodes.Inventory;

    /// <summary>The nodes, in the inventory's order.</summary>
    public IReadOnlyList<Node> All { get; } =
        [.. nodes.Inventory.Nodes.Where(node => only is null || only.Contains(node.Name))];

    /// <summary>Why a node can't be taken away for a while without taking the cluster's control plane or etcd's quorum along;
    /// null where it can.</summary>
    public string? WhyNot(Node node) =>
        node.IsControlPlane && inventory.ControlPlane.Count < 2
            ? "it is the only control plane: nobody would answer without it"
            : node.IsEtcdMember && inventory.EtcdMembers.Count < MembersWithQuorum
                ? $"etcd would lose its quorum without it, as it has {inventory.EtcdMembers.Count} "
                    + $"member{(inventory.EtcdMembers.Count == 1 ? "" : "s")}"
                : null;

    /// <summary>A node's turn, if it can be done without.</summary>
    public DisturbanceTurn Without(Node node) => new(node, WhyNot(node));

    /// <summary>The turn of one worker, the last.</summary>
    public IReadOnlyList<DisturbanceTurn> OneWorker() =>
        [.. All.Where(node => node is { IsWorker: true, IsControlPlane: false, IsEtcdMember: false }).DefaultIfEmpty(
            All.LastOrDefault(node => node.IsWorker)).OfType<Node>().TakeLast(1).Select(Without)];

    /// <summary>What a node says of itself.</summary>
    /// <returns>What it says, by name; null where it gives no whole answer.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> StateAsync(Node node, CancellationToken cancellationToken) =>
        Read((await RunAsync(node, "state", TimeSpan.Zero, cancellationToken)).Output);

    /// <summary>Disturbs a node.</summary>
    /// <returns>Null where it has begun; else why not.</returns>
    public async Task<string?> DisturbAsync(Node node, IDisturbance disturbance, CancellationToken cancellationToken)
    {
        var result = await RunAsync(node, disturbance.Action, disturbance.Lasts, cancellationToken);
        var said = Read(result.Output);
        return said is null ? result.Failure?.Message ?? $"its answer broke off: {PlainText.Line(result.Error, 200)}"
            : said.GetValueOrDefault("failed");
    }

    /// <summary>Reads the script's lines; null where they don't come to their end.</summary>
    internal static IReadOnlyDictionary<string, string>? Read(string output)
    {
        var lines = output.Split('\n').Where(line => line.StartsWith(Word, StringComparison.Ordinal))
            .Select(line => line[Word.Length..].TrimEnd().Split(' ', 2)).ToList();
        return lines is [.., ["done"]]
            ? lines.Where(words => words.Length == 2).GroupBy(words => words[0], StringComparer.Ordinal)
                .ToDictionary(words => words.Key, words => words.Last()[1], StringComparer.Ordinal)
            : null;
    }

    private Task<NodeResult> RunAsync(Node node, string mode, TimeSpan lasts, CancellationToken cancellationToken)
    {
        var peers = inventory.Nodes.Where(other => other.Name != node.Name).Select(other => other.AccessAddress);
        var script = $"mode={ShellWords.Quote(mode)}\nseconds={lasts.TotalSeconds:0}\nrun=/run\n"
            + $"peers={ShellWords.Quote(string.Join(' ', peers))}\n{Resource.Text("Smoke/disturb.sh")}";
        return nodes.RunAsync(node, script, AnswerLimit, cancellationToken);
    }
}
