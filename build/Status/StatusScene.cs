using KubeLab.Ansible;
using KubeLab.Kubernetes;
using KubeLab.Preflight;
using KubeLab.Smoke;
using KubeLab.Ssh;
using KubeLab.Variables;
using Version = System.Version;

namespace KubeLab.Status;

/// <summary>What was asked for, and what is there: all that the checks of a status compare.</summary>
public sealed record StatusScene
{
    /// <summary>The nodes that were asked for.</summary>
    public required Inventory Inventory { get; init; }

    /// <summary>The variables, templates among <see cref="StatusReader.Variables"/> resolved.</summary>
    public required ClusterVariables Variables { get; init; }

    /// <summary>The Kubernetes that was asked for; null where that can't be told.</summary>
    public Version? Kubernetes { get; init; }

    /// <summary>The etcd that the release brings with it; null where that can't be told.</summary>
    public Version? Etcd { get; init; }

    /// <summary>What the nodes say, in the inventory's order.</summary>
    public required IReadOnlyList<NodeStatus> Nodes { get; init; }

    /// <summary>The files that the release would write now.</summary>
    public required ReleaseFiles Release { get; init; }

    /// <summary>The cluster's API.</summary>
    public required KubeApi Api { get; init; }

    /// <summary>Whether the API answers at all.</summary>
    public bool ApiAnswers { get; init; } = true;

    /// <summary>What works: the smoke test's checks that only read.</summary>
    public IReadOnlyList<SmokeCheckResult> Smoke { get; init; } = [];

    /// <summary>The certificates of all nodes.</summary>
    public CertificateReport? Certificates { get; init; }

    /// <summary>How long a certificate has to be valid still.</summary>
    public TimeSpan CertificateReserve { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What etcd's members say of their stores; empty where they can't be asked.</summary>
    public IReadOnlyList<EtcdStatus> Stores { get; init; } = [];

    /// <summary>When etcd was last backed up; null where no backup is recorded.</summary>
    public DateTimeOffset? LastBackup { get; init; }

    /// <summary>Now.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>A path as messages show it.</summary>
    public Func<string, string> Shown { get; init; } = path => path;

    /// <summary>Masks what is known as secret.</summary>
    public Func<string, string> Mask { get; init; } = text => text;

    /// <summary>The nodes that run Kubernetes.</summary>
    public IEnumerable<Node> Joined => Inventory.Nodes.Where(node => node.JoinsCluster);

    /// <summary>What a node says; null where it says nothing.</summary>
    public NodeStatus? Of(string node) => Nodes.FirstOrDefault(each => each.Name == node);

    /// <summary>A variable of the whole cluster; null where it isn't set, or can't be told.</summary>
    public EffectiveVariable? Variable(string name) =>
        Variables.OfCluster(name) is { Unresolved: null } variable ? variable : null;
}

/// <summary>What a node says of itself.</summary>
/// <param name="Probed">What the preflight's probe found.</param>
/// <param name="Says">What it has of what a release writes; null where it gave no answer.</param>
/// <param name="Problem">Why there is none, or not all of it; null where nothing is missing.</param>
/// <param name="HostKey">What is wrong with the host key that it shows; null where it is the known one.</param>
public sealed record NodeStatus(ProbedNode Probed, NodeContent? Says, string? Problem, string? HostKey = null)
{
    /// <summary>Its name.</summary>
    public string Name => Probed.Name;
}

/// <summary>What a node has, as <c>status.sh</c> says it.</summary>
/// <param name="Files">The files that were asked for, with their text; null for one that isn't there.</param>
/// <param name="Unreadable">Those that may not be read.</param>
/// <param name="Packages">The packages that are installed, with their versions; null where no package manager says.</param>
/// <param name="Held">The packages that are held at their version.</param>
/// <param name="MemoryKb">The memory, and what of it is available; null where it isn't told.</param>
public sealed record NodeContent(
    IReadOnlyDictionary<string, string?> Files, IReadOnlyList<string> Unreadable,
    IReadOnlyDictionary<string, string>? Packages, IReadOnlyList<string> Held, (long Total, long Available)? MemoryKb)
{
    /// <summary>Reads the script's answer, however damaged.</summary>
    /// <returns>What it says, and why that isn't all; null where it is.</returns>
    public static (NodeContent Says, string? Problem) Parse(string output, string marker)
    {
        var read = ProbeOutput.Parse(output, marker, []);
        Dictionary<string, string?> files = [];
        List<string> unreadable = [];
        List<string> held = [];
        Dictionary<string, string>? packages = null;
        Dictionary<string, long> memory = [];
        string? problem = read.Complete ? null : read.Began ? "its answer did not come whole" : "it gave no answer";
        foreach (var lines in read.Sections.Values.Where(lines => lines.Count > 0))
        {
            switch (lines[0].Split(' ', 2))
            {
                case ["user", var how] when how.StartsWith("refused", StringComparison.Ordinal):
                    problem = $"privileges were {how}, and only root may read its configuration";
                    break;
                case ["file", var path]:
                    files[path] = Text(lines.Skip(1));
                    if (files[path] is null)
                        unreadable.Add(path);
                    break;
                case ["absent", var path]:
                    files[path] = null;
                    break;
                case ["unreadable", var path]:
                    unreadable.Add(path);
                    break;
                case ["packages", _]:
                    packages = [];
                    foreach (var words in lines.Skip(1).Select(line => line.Split(' ')).Where(words => words.Length == 3))
                        Take(words, packages, held);
                    break;
                case ["memory", ..]:
                    foreach (var words in lines.Skip(1)
                        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
                    {
                        if (words.Length > 1 && long.TryParse(words[1], NumberStyles.None, null, out var kb))
                            memory[words[0]] = kb;
                    }

                    break;
            }
        }

        return (new NodeContent(files, unreadable, packages, held,
            memory.TryGetValue("MemTotal:", out var total) && memory.TryGetValue("MemAvailable:", out var available)
                ? (total, available) : null), problem);
    }

    // dpkg's status: what is wanted, what is, and whether something is wrong with it: "hi " is held and installed.
    private static void Take(string[] words, Dictionary<string, string> packages, List<string> held)
    {
        var name = words[1].Split(':')[0];
        if (words[0].Length > 1 && words[0][1] == 'i')
            packages[name] = words[2];
        if (words[0].StartsWith('h'))
            held.Add(name);
    }

    private static string? Text(IEnumerable<string> lines)
    {
        var encoded = string.Concat(lines);
        var buffer = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, buffer, out var length)
            ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}
