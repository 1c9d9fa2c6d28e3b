namespace KubeLab.Ssh;

/// <summary>Names from an inventory that would be something else where they go: an option of ssh, a pattern, a token of
/// ssh_config, more than a word or a line.</summary>
internal static partial class NodeNames
{
    /// <summary>Looks at the name, the address and the user of a node.</summary>
    /// <exception cref="UserError">One of them is no name.</exception>
    public static void Check(Node node, string? user)
    {
        Check(node, "name", Name().IsMatch(node.Name), node.Name);
        Check(node, "ansible_host", Name().IsMatch(node.Address) || Scoped().IsMatch(node.Address), node.Address);
        Check(node, "user", user is null || User().IsMatch(user), user ?? "");
    }

    private static void Check(Node node, string what, bool isGood, string text)
    {
        if (!isGood)
            throw new UserError(
                $"{PlainText.Of(node.Name)}: '{PlainText.Of(text)}' is no {what}: it is empty, begins with a dash, or holds what ssh or a shell reads otherwise.",
                "Correct it in the inventory, or, for a user, in ssh.user or --ssh-user.");
    }

    [GeneratedRegex(@"\A[^-\s\p{C}""'`$\\;&|<>()*?!,#%@][^\s\p{C}""'`$\\;&|<>()*?!,#%@]*\z", RegexOptions.None, 1000)]
    private static partial Regex Name();

    // RFC 4007, 11: an IPv6 address with the link that it is on, as fe80::1%eth0.
    [GeneratedRegex(@"\A[0-9A-Fa-f]*:[0-9A-Fa-f:.]+%[A-Za-z0-9][A-Za-z0-9._-]*\z", RegexOptions.None, 1000)]
    private static partial Regex Scoped();

    // Users of a domain have an @ or a backslash.
    [GeneratedRegex(@"\A[^-\s\p{C}""'`;&|<>()*?!,#%][^\s\p{C}""'`;&|<>()*?!,#%]*\z", RegexOptions.None, 1000)]
    private static partial Regex User();
}
