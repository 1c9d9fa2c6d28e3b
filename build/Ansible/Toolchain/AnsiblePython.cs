namespace KubeLab.Ansible;

/// <summary>The Pythons that an ansible-core runs on and works with: docs.ansible.com, "ansible-core support matrix"; for 2.9 and
/// 2.10, which that no longer lists, Kubespray's docs/ansible.md at v2.19.1.</summary>
public static class AnsiblePython
{
    private sealed record Row(Version Core, Version ControlMin, Version ControlMax, Version NodeMin, Version NodeMax);

    // 2.7 is a node's Python too up to 2.16; no supported system has it alone any more.
    private static readonly Row[] Matrix = [
        new(new(2, 9), new(3, 5), new(3, 8), new(3, 5), new(3, 8)),
        new(new(2, 10), new(3, 5), new(3, 8), new(3, 5), new(3, 8)),
        new(new(2, 11), new(3, 5), new(3, 9), new(3, 5), new(3, 9)),
        new(new(2, 12), new(3, 8), new(3, 10), new(3, 5), new(3, 10)),
        new(new(2, 13), new(3, 8), new(3, 10), new(3, 5), new(3, 10)),
        new(new(2, 14), new(3, 9), new(3, 11), new(3, 5), new(3, 11)),
        new(new(2, 15), new(3, 9), new(3, 11), new(3, 5), new(3, 11)),
        new(new(2, 16), new(3, 10), new(3, 12), new(3, 6), new(3, 12)),
        new(new(2, 17), new(3, 10), new(3, 12), new(3, 7), new(3, 12)),
        new(new(2, 18), new(3, 11), new(3, 13), new(3, 8), new(3, 13)),
        new(new(2, 19), new(3, 11), new(3, 13), new(3, 8), new(3, 13)),
    ];

    /// <summary>The lowest and highest Python of the control machine, or null for an Ansible that isn't in the matrix.</summary>
    public static (Version Least, Version Most)? OnControlMachine(Version ansible) =>
        Find(ansible) is { } row ? (row.ControlMin, row.ControlMax) : null;

    /// <summary>The lowest and highest Python of a node, or null for an Ansible that isn't in the matrix.</summary>
    public static (Version Least, Version Most)? OnNode(Version ansible) =>
        Find(ansible) is { } row ? (row.NodeMin, row.NodeMax) : null;

    /// <summary>A version without its patch level, as the matrix counts.</summary>
    public static Version Minor(Version version) => new(version.Major, version.Minor);

    private static Row? Find(Version ansible) => Array.Find(Matrix, row => row.Core == Minor(ansible));
}
