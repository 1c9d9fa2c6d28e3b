namespace KubeLab.Distributions;

/// <summary>The playbooks that a distribution has, by what they are for: at the root, or, in one that is used as a collection,
/// under <c>playbooks/</c> alone (Kubespray issue 12227). Main has names with underscores beside those with dashes, and
/// <c>playbooks/</c> has had underscores ever since it is there, v2.22.0.</summary>
public sealed class Playbooks(string directory)
{
    // A removal's or a reset's question is answered by a variable; reset.yml of v2.19 to v2.22 compares it with the text yes.
    private static readonly IReadOnlyDictionary<string, object> ResetAnswers = Answer("reset_confirmation");
    private static readonly IReadOnlyDictionary<string, object> RemovalAnswers = Answer("skip_confirmation");

    /// <summary>Installs the cluster.</summary>
    public Playbook? Install => Find("cluster");

    /// <summary>Adds workers.</summary>
    public Playbook? Scale => Find("scale");

    /// <summary>Goes to another version, node by node.</summary>
    public Playbook? Upgrade => Find("upgrade-cluster");

    /// <summary>Takes nodes out of the cluster.</summary>
    public Playbook? RemoveNode => Find("remove-node", RemovalAnswers);

    /// <summary>Takes everything off the nodes.</summary>
    public Playbook? Reset => Find("reset", ResetAnswers);

    /// <summary>Replaces broken control planes and etcd members.</summary>
    public Playbook? RecoverControlPlane => Find("recover-control-plane");

    /// <summary>Gathers the facts that a run with a limit needs of the nodes outside of it: at the root up to v2.21.0.</summary>
    public Playbook? Facts => Existing(["playbooks/facts.yml", "facts.yml"]);

    /// <summary>Where the playbook that installs a cluster may lie, relative to a tree: one without is no distribution.</summary>
    internal static IReadOnlyList<string> PlacesOfInstall { get; } = Places("cluster");

    /// <summary>A playbook that a target can't do without.</summary>
    /// <param name="does">What it is for, as the rest of "has no playbook that".</param>
    /// <exception cref="UserError">It is not there.</exception>
    public Playbook Require(Playbook? playbook, string does) => playbook ?? throw new UserError(
        $"The distribution in {directory} has no playbook that {does}.",
        $"It has: {string.Join(", ", All.Select(each => each.File))}.");

    /// <summary>All that are there.</summary>
    public IReadOnlyList<Playbook> All =>
        [.. new[] { Install, Scale, Upgrade, RemoveNode, Reset, RecoverControlPlane, Facts }.OfType<Playbook>()];

    private static string[] Places(string name) =>
        [$"{name}.yml", $"{name.Replace('-', '_')}.yml", $"playbooks/{name.Replace('-', '_')}.yml"];

    private Playbook? Find(string name, IReadOnlyDictionary<string, object>? answers = null) => Existing(Places(name), answers);

    private Playbook? Existing(IReadOnlyList<string> names, IReadOnlyDictionary<string, object>? answers = null)
    {
        var name = names.FirstOrDefault(name => File.Exists(Path.Combine(directory, name)));
        return name is null ? null : new Playbook(name, answers ?? new Dictionary<string, object>());
    }

    private static Dictionary<string, object> Answer(string variable) => new(StringComparer.Ordinal) { [variable] = "yes" };
}

/// <summary>A playbook of a distribution.</summary>
/// <param name="File">Its file, relative to the distribution.</param>
public sealed record Playbook(string File, IReadOnlyDictionary<string, object> Answers);
