using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace KubeLab.Ssh;

/// <summary>Logs in with a password, by SSH.NET: OpenSSH takes one from a terminal alone. A password that has expired is changed
/// on the way. A wrong one is given once, as a node may lock the account.</summary>
/// <param name="password">The password of a node.</param>
/// <param name="newPassword">The one that takes its place where it has expired.</param>
internal sealed class PasswordLogin(
    Func<Node, CancellationToken, Task<Password>> password, PasswordSource newPassword, TimeSpan limit)
{
    private const string NoMethod = "No suitable authentication method";
    private const string Interactive = "keyboard-interactive";

    // What sshd says where a session is opened without a terminal for passwd(1).
    private const string Expired = "Password change required";

    private static readonly TimeSpan PatienceOfPasswd = TimeSpan.FromSeconds(20);

    /// <summary>Runs a script on a node, over a connection of its own.</summary>
    /// <param name="key">The host key that it has to show.</param>
    /// <param name="script">Makes the command, of the password that was accepted at last.</param>
    /// <exception cref="UserError">It can't be logged in, or the password can't be changed.</exception>
    public async Task<NodeResult> RunAsync(
        NodeConnection to, HostKey key, string user, Func<Password, NodeCommand> script, CancellationToken cancellationToken)
    {
        var login = new Login(to, key, user);
        var current = await password(to.Node, cancellationToken);
        try
        {
            var (client, changed) = await ConnectAsync(login, current, cancellationToken);
            using var first = client;
            current = changed ?? current;
            var result = await SshNetShell.ExecuteAsync(client, to.Node, script(current), cancellationToken);
            if (!$"{result.Output}{result.Error}".Contains(Expired, StringComparison.Ordinal))
                return result;
            var next = await newPassword.GetAsync(cancellationToken);
            // Each time a connection of its own: sshd may have closed the one before while a person was being asked.
            using (var second = (await ConnectAsync(login, current, cancellationToken)).Client)
                await ChangeAsync(second, to.Node, current, next, cancellationToken);
            using var third = (await ConnectAsync(login, next, cancellationToken)).Client;
            return await SshNetShell.ExecuteAsync(third, to.Node, script(next), cancellationToken);
        }
        catch (Exception exception) when (
            exception is SshException or SocketException or IOException or InvalidOperationException)
        {
            var failure = SshNetShell.FailureOf(to.Node, exception);
            throw new UserError(failure.Message, failure.Remedy, exception);
        }
    }

    private async Task<(SshClient Client, Password? Changed)> ConnectAsync(
        Login login, Password current, CancellationToken cancellationToken)
    {
        try
        {
            using var method = new PasswordAuthenticationMethod(login.User, current.Bytes);
            return (await OpenAsync(login, method, cancellationToken), null);
        }
        catch (SshAuthenticationException exception) when (
            exception.Message.Contains(NoMethod, StringComparison.Ordinal)
            && exception.Message.Contains(Interactive, StringComparison.Ordinal))
        {
            return await AnswerAsync(login, current, next: null, cancellationToken);
        }
        catch (SshException exception) when (IsRefusal(exception))
        {
            throw Refused(login, exception);
        }
    }

    // Where a node asks for a new password (PAM), what was answered so far is given up until there is one.
    private async Task<(SshClient Client, Password? Changed)> AnswerAsync(
        Login login, Password current, Password? next, CancellationToken cancellationToken)
    {
        if (current.Text is null || next is { Text: null })
            throw new UserError(
                $"{login.To.Node.Name} asks for passwords by {Interactive}, which knows none that are not UTF-8.",
                "Change the password there, or type it on a terminal in UTF-8.");
        var dialog = new PasswordDialog(current.Text, next?.Text);
        using var method = new KeyboardInteractiveAuthenticationMethod(login.User);
        method.AuthenticationPrompt += (_, asked) =>
        {
            dialog.Note(asked.Instruction);
            foreach (var prompt in asked.Prompts)
                prompt.Response = dialog.Answer(prompt.Request);
        };
        try
        {
            return (await OpenAsync(login, method, cancellationToken), next);
        }
        catch (SshException) when (dialog.WantsNew && next is null)
        {
            return await AnswerAsync(login, current, await newPassword.GetAsync(cancellationToken), cancellationToken);
        }
        catch (SshException exception) when (IsRefusal(exception))
        {
            throw dialog.WantsNew ? NotChanged(login.To.Node, dialog.Said, exception) : Refused(login, exception);
        }
    }

    private async Task<SshClient> OpenAsync(Login login, AuthenticationMethod method, CancellationToken cancellationToken)
    {
        var (to, key, user) = login;
        var port = int.Parse(to.Connection.Port, CultureInfo.InvariantCulture);
        var connection = new ConnectionInfo(to.Connection.Address, port, user, method) { Timeout = limit };
        SshNetShell.PreferKnownTypes(connection, [key.Type]);
        var client = new SshClient(connection);
        var isOther = false;
        client.HostKeyReceived += (_, shown) =>
            shown.CanTrust = !(isOther = Convert.ToBase64String(shown.HostKey) != key.Key);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(limit);
        try
        {
            await client.ConnectAsync(ending.Token);
            return client;
        }
        catch (Exception exception)
        {
            client.Dispose();
            if (isOther)
                throw new UserError(
                    $"{to.Node.Name} shows another host key than a moment ago: no password was sent.",
                    "Two machines answer at this address, or somebody is in between: find out which.", exception);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new SshOperationTimeoutException("Connection timed out", exception);
            throw;
        }
    }

    // passwd(1) asks on a terminal, as sshd starts it in place of the shell.
    private static async Task ChangeAsync(
        SshClient client, Node node, Password current, Password next, CancellationToken cancellationToken)
    {
        using var terminal = client.CreateShellStream("dumb", 200, 50, 0, 0, 4096);
        var said = new StringBuilder();
        var answers = 0;
        while (answers < 3 && await ExpectAsync() is { } asked)
        {
            said.Append(asked);
            var isNew = PasswordDialog.AsksForNew(asked);
            terminal.Write([.. (isNew ? next : current).Keystrokes, (byte)'\n']);
            terminal.Flush();
            answers = isNew ? answers + 1 : Math.Max(answers, 1);
        }

        while (await Task.Run(() => terminal.ReadLine(PatienceOfPasswd), cancellationToken) is { } line)
            said.Append(line).Append('\n');
        if (answers < 3 || PasswordDialog.IsRefusal($"{said}"))
            throw NotChanged(node, $"{said}", null);

        Task<string?> ExpectAsync() => Task.Run(
            () => terminal.Expect(PasswordDialog.Prompt(), PatienceOfPasswd, -1), cancellationToken);
    }

    private static UserError NotChanged(Node node, string said, Exception? exception) => new(
        $"{node.Name}: the password has expired, and the new one was not taken: {PlainText.Of(said).Trim().Split('\n')[^1].Trim()}",
        "Take another new password: one that is long enough, and not like the old one.", exception!);

    // MaxAuthTries of sshd_config(5): with one alone, sshd closes the connection instead of answering.
    private static bool IsRefusal(SshException exception) => exception is SshAuthenticationException
        || exception.Message.Contains("Too many authentication failures", StringComparison.Ordinal);

    private static UserError Refused(Login login, Exception exception) => new(
        $"{login.User} is not let in with the password: {exception.Message}",
        "Check the password, --first-user, and PasswordAuthentication and PermitRootLogin of sshd_config there.", exception);

    private sealed record Login(NodeConnection To, HostKey Key, string User);
}

/// <summary>Answers what a node asks for by keyboard-interactive, or on a terminal: the password, and where it has expired, a new
/// one twice (pam_unix(8): "Current password:", "New password:", "Retype new password:").</summary>
/// <param name="next">The new password; null where there is none yet.</param>
internal sealed partial class PasswordDialog(string current, string? next)
{
    private int given;

    /// <summary>Whether a new password was asked for.</summary>
    public bool WantsNew { get; private set; }

    /// <summary>The last that the node said beside its questions.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Takes note of what the node says, such as why it takes no such password.</summary>
    public void Note(string text) => Said = text.Trim().Length > 0 ? text : Said;

    /// <summary>The answer to a question. One that was refused is not given again.</summary>
    public string Answer(string question)
    {
        if (AsksForNew(question))
        {
            WantsNew = true;
            return next ?? "";
        }

        // Once at the login, and once more, as "Current password:", before it is changed.
        return ++given <= (WantsNew || next is not null || question.Contains("urrent") ? 2 : 1) ? current : "";
    }

    /// <summary>Whether a new password is asked for, the first or the second time.</summary>
    public static bool AsksForNew(string question) => New().IsMatch(question.TrimEnd().Split('\n')[^1]);

    /// <summary>Whether passwd(1) said that it took no new one.</summary>
    public static bool IsRefusal(string said) => Refusal().IsMatch(said);

    /// <summary>A question for a password at the end of what was said.</summary>
    [GeneratedRegex("(password|retype)[^\n:]*: ?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 60_000)]
    public static partial Regex Prompt();

    [GeneratedRegex(@"\bnew\b|retype|re-enter|again", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex New();

    [GeneratedRegex("BAD PASSWORD|unchanged|not changed|manipulation error|must choose|do not match|Permission denied",
        RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Refusal();
}
