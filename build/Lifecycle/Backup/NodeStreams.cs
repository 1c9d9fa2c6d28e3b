using System.Runtime.ExceptionServices;
using KubeLab.Ssh;

namespace KubeLab.Lifecycle;

/// <summary>Why a node did not do what it was asked, in its own words.</summary>
public sealed class NodeRefusal(string message) : Exception(message);

/// <summary>Moves bytes from and to nodes without a file on this machine.</summary>
public sealed class NodeStreams(OpenSshShell shell, CommandRunner commands, NodeBecome become)
{
    private const string Said = "kubelab: ";

    /// <summary>Runs a script as the playbook's user and reads what it writes.</summary>
    /// <param name="asLogin">Whether it runs as the user who logs in.</param>
    /// <exception cref="NodeRefusal">It can't be reached, or the script fails.</exception>
    public async Task ReadAsync(
        Node node, string script, Func<Stream, CancellationToken, Task> read, TimeSpan limit,
        bool asLogin = false, CancellationToken cancellationToken = default)
    {
        var line = await shell.SessionForAsync(node, ["/bin/sh", "-s"], cancellationToken) with
        { StandardInput = asLogin ? script : become.Script(node, script).StandardInput, Drain = Guarded, Timeout = limit };
        Exception? broken = null;
        var result = await RunAsync(node, line, cancellationToken);
        Judge(result);
        if (broken is not null)
            ExceptionDispatchInfo.Throw(broken);

        // Where the script itself has failed, its reader only sees an end.
        async Task Guarded(Stream stream, CancellationToken token)
        {
            try
            {
                await read(stream, token);
            }
            catch (Exception exception) when (exception is NodeRefusal || BackupArchive.IsDamage(exception))
            {
                broken = exception is NodeRefusal ? exception : new NodeRefusal($"its answer breaks off: {exception.Message}");
                await stream.CopyToAsync(Stream.Null, token);
            }
        }
    }

    /// <summary>Writes a file into a folder of the login user's, who needs no shell for it.</summary>
    /// <exception cref="NodeRefusal">It can't be reached, or the file can't be written, on a full disk for one.</exception>
    public async Task WriteAsync(
        Node node, string path, Func<Stream, CancellationToken, Task> write, TimeSpan limit,
        CancellationToken cancellationToken = default)
    {
        var line = await shell.SessionForAsync(node, ["dd", $"of={path}", "bs=1M"], cancellationToken) with
        { Feed = write, Timeout = limit };
        Judge(await RunAsync(node, line, cancellationToken));
    }

    private async Task<CommandResult> RunAsync(Node node, CommandLine line, CancellationToken cancellationToken)
    {
        try
        {
            return await commands.RunStreamingAsync(line, cancellationToken);
        }
        catch (UserError error)
        {
            throw new NodeRefusal($"{node.Name}: {error.Problem.Split('\n')[0]}");
        }
    }

    private static void Judge(CommandResult result)
    {
        if (result.Succeeded)
            return;
        var said = result.StandardError.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
        throw new NodeRefusal(PlainText.Line(
            said.LastOrDefault(line => line.StartsWith(Said, StringComparison.Ordinal))?[Said.Length..]
                ?? said.LastOrDefault() ?? $"exit code {result.ExitCode}"));
    }
}
