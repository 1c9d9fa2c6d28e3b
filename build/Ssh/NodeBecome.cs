namespace KubeLab.Ssh;

/// <summary>Runs scripts on nodes as the playbook's tasks' user: directly, or by sudo, with or without a password.</summary>
public sealed class NodeBecome(BecomeSettings settings)
{
    // sudo reads the password byte by byte and leaves the rest of its input to the script, so that neither stands in an argument,
    // which others could see and sudo would log. A wrong password is found out before, or the script's lines would be further
    // tries. -k: neither use nor leave a remembered password.
    private const string Wrapper =
        """
        if [ "$(id -un)" = "$user" ]; then
          printf '%s\n' "$script" | exec /bin/sh -s
        elif [ -z "$password" ] || sudo -n -k -H -u "$user" true 2> /dev/null < /dev/null; then
          printf '%s\n' "$script" | exec sudo -n -k -H -u "$user" /bin/sh -s
        elif printf '%s\n' "$password" | sudo -S -k -H -p '' -u "$user" true; then
          printf '%s\n%s\n' "$password" "$script" | exec sudo -S -k -H -p '' -u "$user" /bin/sh -s
        else
          exit 1
        fi

        """;

    private readonly Lazy<string?> password = new(() => ReadPassword(settings));

    /// <summary>The command that runs a POSIX shell script on a node with the playbook's privileges.</summary>
    /// <param name="node">The node, whose own <c>ansible_become_user</c> and password go before the settings.</param>
    /// <exception cref="UserError">The file with the password for sudo can't be read.</exception>
    public NodeCommand Script(Node node, string script)
    {
        var user = Plain(node.Text("ansible_become_user")) ?? settings.User;
        var secret = Plain(node.Text("ansible_become_password") ?? node.Text("ansible_become_pass")) ?? password.Value ?? "";
        return Script(user, ShellWords.Quote(secret), script);
    }

    /// <summary>The command that runs a POSIX shell script on a node as a user.</summary>
    /// <param name="password">A shell's expression for the password of sudo; empty for none.</param>
    internal static NodeCommand Script(string user, string password, string script) => NodeCommand.Script(
        $"user={ShellWords.Quote(user)}\npassword={password}\nscript={ShellWords.Quote(script.TrimEnd('\n'))}\n{Wrapper}");

    // A template or a vault's secret is Ansible's to resolve: a wrong password may lock the account.
    internal static string? Plain(string? text) => text is null || text.StartsWith('{') || Template.IsIn(text) ? null : text;

    /// <summary>The password for sudo out of the file that the settings name; null where they name none.</summary>
    /// <exception cref="UserError">The file can't be read.</exception>
    internal static string? ReadPassword(BecomeSettings settings)
    {
        try
        {
            return settings.PasswordFile is { } file ? File.ReadAllText(file).TrimEnd('\r', '\n') : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"The file with the password for sudo can't be read: {exception.Message}",
                "Name a readable file in become.password_file, or none.", exception);
        }
    }
}
