namespace KubeLab.Ssh;

/// <summary>What is done on one node: by the key where it is let in already, else by the password.</summary>
internal sealed partial class NodeWork(
    PreparationPlan plan, KeyLogin keyLogin, PublicKey publicKey, PasswordLogin passwordLogin)
{
    /// <summary>Prepares a node whose host key is trusted.</summary>
    /// <exception cref="UserError">It can't be.</exception>
    public async Task<NodePreparation> DoAsync(
        NodeConnection to, HostKey key, NodePreparation row, CancellationToken cancellationToken)
    {
        var authorize = Assigned("key", await publicKey.OfAsync(to, cancellationToken)) + Script("authorize.sh");
        var command = NodeCommand.Script(authorize);
        var byKey = await keyLogin.RunAsync(to.Node, command, user: null, cancellationToken);
        if (byKey.Failure is { Reason: not SshFailureReason.KeyRejected } failure)
            throw new UserError(failure.Message, failure.Remedy);
        if (byKey.Failure is null)
        {
            var answer = Read(byKey);
            if (!plan.CreateUser || answer.Of("sudo") is "free" or "unneeded")
                return row with { Login = "key", Answer = answer };
        }

        var user = plan.FirstUser ?? (plan.CreateUser ? "root" : to.Connection.User);
        var prepared = row;
        if (plan.CreateUser)
        {
            CheckUser(to);
            var make = Assigned("user", to.Connection.User) + Assigned("authorize", authorize) + Script("login-user.sh");
            var byFirst = await keyLogin.RunAsync(to.Node, NodeBecome.Script("root", "", make), user, cancellationToken);
            prepared = byFirst.Failure is null
                ? row with { Login = "key", Answer = Read(byFirst) }
                : await ByPasswordAsync(password => NodeBecome.Script("root", password.InShell, make));
        }
        else
        {
            prepared = await ByPasswordAsync(_ => command);
        }

        if (!plan.IsDryRun)
            await ProveAsync(to, cancellationToken);
        return prepared;

        async Task<NodePreparation> ByPasswordAsync(Func<Password, NodeCommand> script)
        {
            if (to.Connection.JumpHost is { } detour)
                throw new UserError(
                    $"The way to {to.Node.Name} leads through a jump host ({detour}), which SSH.NET knows nothing of.",
                    $"Copy the key there once by hand: ssh-copy-id -o '{detour.Replace(' ', '=')}' {user}@{to.Node.Address}");
            var result = await passwordLogin.RunAsync(to, key, user, script, cancellationToken);
            return row with { Login = "password", Answer = Read(result) };
        }
    }

    // That the key lies there is not yet that sshd lets it in.
    private async Task ProveAsync(NodeConnection to, CancellationToken cancellationToken)
    {
        var proof = await keyLogin.RunAsync(to.Node, new NodeCommand(["true"]), user: null, cancellationToken);
        if (!proof.Succeeded)
            throw new UserError(
                $"The key is in place, and still {to.Connection.User} is not let in: {proof.Failure?.Message ?? proof.Error.Trim()}",
                "See AuthorizedKeysFile, PubkeyAuthentication and AllowUsers of sshd_config there, and what its log says.");
    }

    private static PreparationAnswer Read(NodeResult result)
    {
        if (result.Failure is { } failure)
            throw new UserError(failure.Message, failure.Remedy);
        var answer = PreparationAnswer.Parse(result.Output);
        if (answer.Failed is { } reason)
            throw new UserError(reason, "Mend it there; nothing else was changed.");
        if (answer.IsWhole)
            return answer;
        var said = PlainText.Of(string.IsNullOrWhiteSpace(result.Error) ? result.Output : result.Error).Trim();
        throw new UserError(
            $"The login ran no script to its end (exit code {result.ExitCode}): {(said.Length > 0 ? said.Split('\n')[^1] : "it said nothing")}",
            "See which shell the user has there, and what it runs at a login; with sudo, the user's password and rights.");
    }

    private static void CheckUser(NodeConnection to)
    {
        if (to.Connection.User == "root" || !UserName().IsMatch(to.Connection.User))
            throw new UserError(
                $"'{PlainText.Of(to.Connection.User)}' is no user that can be made on {to.Node.Name}.",
                "Say who is to log in there: ansible_user in the inventory, ssh.user in kubelab.yml, or --ssh-user.");
    }

    private string Script(string name) => $"dry={(plan.IsDryRun ? "yes" : "no")}\n{Resource.Text($"Ssh/{name}")}";

    private static string Assigned(string name, string value) => $"{name}={ShellWords.Quote(value)}\n";

    // useradd(8), and nothing that sudoers(5) reads otherwise.
    [GeneratedRegex("^[a-z_][a-z0-9_-]{0,31}$", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex UserName();
}
