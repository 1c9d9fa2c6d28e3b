using System.Net.Sockets;

namespace KubeLab.Ssh;

/// <summary>Names from an inventory that would be something else where they go: an option of ssh, a pattern, a token of
/// ssh_config, more than a word or a line.</summary>
internal static class NodeNames
{
    private const string Unfit = "\"'`;&|<>()*?!,#%";

    /// <summary>Looks at the name, the address and the user of a node.</summary>
    /// <exception cref="UserError">One of them is no name.</exception>
    public static void Check(Node node, string? user)
    {
        Check(node, "name", IsHost(node.Name), node.Name);
        Check(node, "ansible_host", IsHost(node.Address) || IsScoped(node.Address), node.Address);
        // Users of a domain have an @ or a backslash, those of machines a $.
        Check(node, "user", user is null || IsWord(user, Unfit), user ?? "");
    }

    private static void Check(Node node, string what, bool isGood, string text)
    {
        if (!isGood)
            throw new UserError(
                $"{PlainText.Of(node.Name)}: '{PlainText.Of(text)}' is no {what}: it is empty, begins with a dash, or holds what ssh or a shell reads otherwise.",
                "Correct it in the inventory, or, for a user, in ssh.user or --ssh-user.");
    }

    private static bool IsHost(string text) => IsWord(text, $"{Unfit}@$\\");

    // RFC 4007, 11: an IPv6 address with the link that it is on, as fe80::1%eth0.
    private static bool IsScoped(string text) => text.Split('%') is [var address, var link] && IsHost(link)
        && IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsWord(string text, string unfit) => text.Length > 0 && text[0] != '-'
        && !text.Any(each => char.IsWhiteSpace(each) || char.IsControl(each) || unfit.Contains(each)
            || char.GetUnicodeCategory(each) is UnicodeCategory.Format or UnicodeCategory.PrivateUse);
}
