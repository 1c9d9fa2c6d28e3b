using KubeLab.Ansible;

namespace KubeLab.Lifecycle;

/// <summary>A node that is to be replaced, once it is clear by the inventory that it can be, and what the inventory is to Ansible
/// meanwhile. The inventory's files stay as they are: the node goes to the end of its groups, as no playbook removes a first one
/// or joins through one that isn't there, and what takes its place has its roles, at the end too.</summary>
/// <param name="Old">The node.</param>
/// <param name="Spare">The machine of the inventory that takes its place; null where none does.</param>
/// <param name="Address">The address of a machine that takes its place and its name; null where none does.</param>
/// <param name="IsGone">Whether its machine doesn't answer any more.</param>
public sealed record NodeReplacement(Node Old, Node? Spare, string? Address, bool IsGone)
{
    private const string Untouched = "Nothing was changed.";

    private static readonly string[] AddressVariables = ["ansible_ssh_host", "ansible_host", "ip", "access_ip"];

    /// <summary>The variable that has a member's name in etcd.</summary>
    public static string MemberVariable => "etcd_member_name";

    /// <summary>The name of the node that is there in the end.</summary>
    public string New => Spare?.Name ?? Old.Name;

    /// <summary>What takes its place, for people.</summary>
    public string By => Spare?.Name ?? Address ?? "the same machine anew";

    /// <summary>Whether the new one joins before the old one leaves, which keeps what runs there: of etcd's members one leaves
    /// first, as its number has to be odd for the playbooks, and as etcd's own documentation wants it.</summary>
    public bool JoinsFirst => Spare is not null && !Old.IsEtcdMember;

    /// <summary>The names of etcd's members by their nodes, which stay with them whatever their order; none where no member is
    /// replaced.</summary>
    public IReadOnlyDictionary<string, string> Members { get; init; } = new Dictionary<string, string>();

    /// <summary>Judges it by the inventory.</summary>
    /// <param name="names">What was named that is to be replaced.</param>
    /// <param name="by">The name of a machine of the inventory without a role, or an address; null for the same machine.</param>
    /// <exception cref="UserError">It can't be replaced, or not by that; nothing was changed.</exception>
    public static NodeReplacement Judge(Inventory inventory, IReadOnlyList<string> names, string? by, bool isGone)
    {
        var known = inventory.Nodes.Select(node => node.Name).ToList();
        if (names is not [var name])
            throw new UserError(
                names.Count == 0 ? "No node is named that is to be replaced." : "Nodes are replaced one at a time.",
                $"Name one: --node {known.LastOrDefault() ?? "NAME"}. {Untouched}");
        if (inventory.Nodes.FirstOrDefault(node => node.Name == name) is not { } old)
            throw new UserError(
                $"{name} is no node of this inventory.{NearestName.Hint(name, known)}",
                $"There are: {string.Join(", ", known)}. {Untouched}");
        if (inventory.ControlPlane is [var only] && only.Name == name)
            throw new UserError(
                $"{name} is the only control plane, and what joins needs one that is there.",
                $"Add others at the end of kube_control_plane and etcd, run ./build.sh InstallCluster, and then replace it. {Untouched}");
        return Taking(inventory, old, by, isGone);
    }

    /// <summary>What the inventory is while the old node leaves: the last of its groups.</summary>
    public InventoryChange Leaving => new() { Last = [Old.Name], Takes = JoinsFirst ? Taken : [], Variables = Variables([]) };

    /// <summary>What the inventory is while the new one joins.</summary>
    public InventoryChange Joining => JoinsFirst ? new() { Takes = Taken } : Joined;

    /// <summary>What the inventory is from then on.</summary>
    public InventoryChange Joined => new()
    {
        Last = [New],
        Takes = Taken,
        Absent = Spare is null ? [] : [Old.Name],
        Variables = Variables(OfNew),
    };

    /// <summary>Whether the inventory's files say what has become of it.</summary>
    public static bool IsSettled(Inventory inventory, string old, string by) => IPAddress.TryParse(by, out _)
        ? inventory.Nodes.Any(node => node.Name == old && node.Address == by)
        : inventory.Nodes.All(node => node.Name != old) && inventory.Nodes.Any(node => node.Name == by);

    /// <summary>The id of the finding that says what is to be written into the inventory afterwards.</summary>
    public static string InventoryCheck => "replacement-inventory";

    /// <summary>What is to be written into the inventory's files afterwards; null for nothing.</summary>
    public string? Afterwards
    {
        get
        {
            if (Spare is null && Address is null)
                return null;
            var groups = string.Join(", ", NodeGroups.WithRole.Where(Old.Groups.Contains));
            var variables = OfNew.Count == 0 ? ""
                : $", with {string.Join(" and ", OfNew.Select(each => $"{each.Key}={each.Value}"))} at {New}";
            return Spare is null
                ? $"set {string.Join(" and ", OfNew.Select(each => $"{each.Key}={each.Value}"))} at {Old.Name}"
                : $"put {Spare.Name} where {Old.Name} stands in {groups}{variables}, and take {Old.Name} out";
        }
    }

    /// <summary>What has become of it, in the form of all that judge.</summary>
    public IReadOnlyList<Finding> Findings(ReplacementState state) =>
    [
        .. state.Done.Select(step => new Finding(
            $"replacement-{step}", "A node is replaced, step by step", step == ReplacementStep.Join ? New : Old.Name,
            FindingStatus.Passed, $"{Old.Name} by {By}: {step} is done")),
        .. Afterwards is null ? [] : new[]
        {
            new Finding(InventoryCheck, "The inventory says what the cluster is", Old.Name, FindingStatus.Warning,
                $"the inventory still has {Old.Name}, which {New} has replaced")
            { Remedy = $"{char.ToUpperInvariant(Afterwards[0])}{Afterwards[1..]}." },
        },
    ];

    private Dictionary<string, string> Taken => Spare is null ? [] : new() { [Spare.Name] = Old.Name };

    private Dictionary<string, string> OfNew
    {
        get
        {
            Dictionary<string, string> variables = [];
            if (Address is not null)
            {
                foreach (var variable in AddressVariables.Where(each => each == "ansible_host" || Old.Text(each) is not null))
                    variables[variable] = Address;
            }

            // A name of its own stays; else it has that of the member that left, so that names by their order stay the same.
            if (Spare is not null && Members.TryGetValue(Old.Name, out var member))
                variables[MemberVariable] = Spare.Text(MemberVariable) ?? member;
            return variables;
        }
    }

    private Dictionary<string, IReadOnlyDictionary<string, string>> Variables(Dictionary<string, string> ofNew)
    {
        var variables = Members.ToDictionary(
            member => member.Key,
            IReadOnlyDictionary<string, string> (member) => new Dictionary<string, string>() { [MemberVariable] = member.Value });
        if (ofNew.Count > 0)
            variables[New] = ofNew;
        return variables;
    }

    private static NodeReplacement Taking(Inventory inventory, Node old, string? by, bool isGone)
    {
        if (by is null)
            return new NodeReplacement(old, null, null, isGone);
        if (by == old.Name)
            throw new UserError(
                $"{by} can't take its own place under its own name.",
                $"For the same machine anew, leave --by out. {Untouched}");
        if (inventory.Nodes.FirstOrDefault(node => node.Name == by) is { } inUse)
            throw new UserError(
                $"{by} has a role in this cluster already ({string.Join(", ", NodeGroups.WithRole.Where(inUse.Groups.Contains))}).",
                $"What takes {old.Name}'s place stands in the inventory without a role, in [all] alone: take {by} out of the cluster first (RemoveNode), or name another. {Untouched}");
        if (inventory.Others.FirstOrDefault(node => node.Name == by) is { } spare)
            return new NodeReplacement(old, spare, null, isGone);
        if (!IPAddress.TryParse(by, out _))
            throw new UserError(
                $"{by} is no machine of this inventory, and no address.{NearestName.Hint(by, [.. inventory.Others.Select(node => node.Name)])}",
                $"Put it into [all] of the inventory, without a role, with the way to it (ansible_host). {Untouched}");
        if (inventory.Nodes.Concat(inventory.Others).FirstOrDefault(node => node.Address == by) is { } named)
            throw new UserError(
                $"{by} is the address of {named.Name} in this inventory.",
                $"Name it by its name, or leave --by out for the same machine. {Untouched}");
        // Its certificate is kept by name on the first member, with the address in it.
        if (old.IsEtcdMember)
            throw new UserError(
                $"{old.Name} is a member of etcd, and another machine can't take its name: certificates of etcd hold the address.",
                $"Put the machine into [all] of the inventory under a name of its own, and give that: --by NAME. {Untouched}");
        return new NodeReplacement(old, null, by, isGone);
    }
}
