namespace KubeLab.Output;

/// <summary>Asks whoever sits there.</summary>
public interface IPrompt
{
    /// <summary>Whether anybody can answer.</summary>
    bool IsThere { get; }

    /// <summary>Asks for a line.</summary>
    Task<string> AskAsync(string question, CancellationToken cancellationToken);

    /// <summary>Asks for a line that is not shown while it is typed; its bytes are what the terminal sends.</summary>
    Task<byte[]> AskSecretAsync(string question, CancellationToken cancellationToken);
}

/// <summary>The terminal that this process belongs to, whatever its own input and output are. .NET's console reads keys and not
/// bytes: a password may hold any.</summary>
public sealed class Terminal(CommandRunner commands) : IPrompt
{
    private const string Device = "/dev/tty";

    public bool IsThere
    {
        get
        {
            try
            {
                using var device = Open();
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    public async Task<string> AskAsync(string question, CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString(await ReadLineAsync(question, cancellationToken));

    public async Task<byte[]> AskSecretAsync(string question, CancellationToken cancellationToken)
    {
        var before = (await SttyAsync("-g")).StandardOutput.Trim();
        (await SttyAsync("-echo")).EnsureSucceeded("Keeping the terminal from showing what is typed");
        try
        {
            var line = await ReadLineAsync(question, cancellationToken);
            await using var device = Open();
            await device.WriteAsync("\n"u8.ToArray(), CancellationToken.None);
            return line;
        }
        finally
        {
            await SttyAsync(before);
        }
    }

    private static FileStream Open() => new(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    private static async Task<byte[]> ReadLineAsync(string question, CancellationToken cancellationToken)
    {
        await using var device = Open();
        await device.WriteAsync(Encoding.UTF8.GetBytes(PlainText.Of(question)), cancellationToken);
        var line = new List<byte>();
        var buffer = new byte[1];
        // A read from a terminal can't be called off: it is left alone where the run is interrupted.
        while (await device.ReadAsync(buffer, CancellationToken.None).AsTask().WaitAsync(cancellationToken) == 1)
        {
            if (buffer[0] == '\n')
                return [.. line];
            line.Add(buffer[0]);
        }

        throw new UserError("The terminal was closed, or Ctrl+D was typed, before the answer was whole.", "Run it again.");
    }

    private Task<CommandResult> SttyAsync(string setting) => commands.RunAsync(
        CommandLine.Of("sh", "-c", $"exec stty \"$1\" < {Device}", "stty", setting));
}
