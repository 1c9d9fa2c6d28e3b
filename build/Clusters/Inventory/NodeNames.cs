using System.Net.Sockets;

namespace KubeLab.Clusters;

/// <summary>Names from an inventory that would be something else where they go: an option of ssh, a pattern, a token of
/// ssh_config, a folder, more than a word or a line.</summary>
public static class NodeNames
{
    private const string Unfit = "\"'`;&|<>()*?!,#%";

    /// <summary>Looks at the name, the address and the user of a node.</summary>
    /// <exception cref="UserError">One of them is no name.</exception>
    public static void Check(Node node, string? user)
    {
        Check(node, "name", IsHost(node.Name), node.Name);
        Check(node, "ansible_host", IsHost(node.Address) || IsScoped(node.Address), node.Address);
        // Users of a domain have an @ or a backslash, those of machines a $.
        Check(node, "user", user is null || IsUser(user), user ?? "");
    }

    /// <summary>Looks at the name of a machine, however it is reached: files and arguments have it.</summary>
    /// <param name="source">The inventory.</param>
    /// <exception cref="UserError">It is no name.</exception>
    public static void Check(string source, string name)
    {
        if (!IsHost(name))
            throw new UserError(
                $"{source}: '{PlainText.Of(name)}' is no name of a machine: it is empty, begins with a dash, or holds what ssh, a shell or a file's name reads otherwise.",
                "Correct it in the inventory.");
    }

    /// <summary>Whether a text is a user's name, and nothing else anywhere.</summary>
    public static bool IsUser(string text) => IsWord(text, Unfit);

    private static void Check(Node node, string what, bool isGood, string text)
    {
        if (!isGood)
            throw new UserError(
                $"{PlainText.Of(node.Name)}: '{PlainText.Of(text)}' is no {what}: it is empty, begins with a dash, or holds what ssh or a shell reads otherwise.",
                "Correct it in the inventory, or, for a user, in ssh.user or --ssh-user.");
    }

    private static bool IsHost(string text) => IsWord(text, $"{Unfit}@$\\/") && text is not ("." or "..");

    // RFC 4007, 11: an IPv6 address with the link that it is on, as fe80::1%eth0.
    private static bool IsScoped(string text) => text.Split('%') is [var address, var link] && IsHost(link)
        && IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsWord(string text, string unfit) => text.Length > 0 && text[0] != '-'
        && !text.Any(each => char.IsWhiteSpace(each) || char.IsControl(each) || unfit.Contains(each)
            || char.GetUnicodeCategory(each) is UnicodeCategory.Format or UnicodeCategory.PrivateUse);
}
