namespace KubeLab.Ssh;

/// <summary>A password, byte by byte as it was typed or stands in a file.</summary>
public sealed record Password
{
    private readonly byte[] bytes;

    /// <summary>Takes a password.</summary>
    /// <exception cref="UserError">It is none: empty, of several lines, or with a NUL, where programs end it.</exception>
    public Password(byte[] bytes, string source)
    {
        if (bytes.Length == 0 || bytes.AsSpan().ContainsAny((byte)'\n', (byte)0))
            throw new UserError(
                $"{source} holds no password: it is empty, has more than one line, or a NUL in it.",
                "One line, which is the password, and its end.");
        this.bytes = bytes;
    }

    /// <summary>Its bytes, as the password method of SSH sends them.</summary>
    public byte[] Bytes => [.. bytes];

    /// <summary>Its text; null where it is none in UTF-8, which keyboard-interactive (RFC 4256) demands.</summary>
    public string? Text
    {
        get
        {
            try
            {
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }

    /// <summary>An expression of a POSIX shell that yields it, whatever its bytes.</summary>
    public string InShell => $"$(printf '{string.Concat(bytes.Select(Octal))}')";

    /// <summary>As it is typed on a terminal: what would edit the line or send a signal is quoted by Ctrl+V (VLNEXT of
    /// termios(3)).</summary>
    public byte[] Keystrokes => [.. bytes.SelectMany<byte, byte>(each => each < 0x20 || each == 0x7f ? [0x16, each] : [each])];

    /// <summary>Reads a file that holds one line.</summary>
    /// <exception cref="UserError">It can't be read, others may read it, or it holds no password.</exception>
    public static Password Read(string file, string option)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & others) != 0)
                throw new UserError($"Others may read {file}, which {option} names.", $"chmod 600 {ShellWords.Quote(file)}");
            var read = File.ReadAllBytes(file).AsSpan();
            read = read is [.., (byte)'\n'] ? read[..^1] : read;
            return new Password((read is [.., (byte)'\r'] ? read[..^1] : read).ToArray(), file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"The password can't be read: {exception.Message}", $"Name a file with {option}.", exception);
        }
    }

    private static string Octal(byte value) => $"\\{Convert.ToString(value, 8).PadLeft(3, '0')}";

    /// <summary>Nothing of it.</summary>
    public override string ToString() => "(a password)";
}

/// <summary>Where a password comes from: a variable, a file, or whoever sits at the terminal, who is asked once.</summary>
/// <param name="what">What is asked for, as a question begins: <c>Password of root</c>.</param>
/// <param name="file">The file; null for none.</param>
/// <param name="option">The option that names the file.</param>
/// <param name="variable">The environment's variable.</param>
/// <param name="isNew">Whether nobody has it yet: then it is asked for twice.</param>
public sealed class PasswordSource(
    IPrompt prompt, string what, string? file, string option, string variable, bool isNew = false) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1);
    private Password? known;

    /// <summary>The password.</summary>
    /// <exception cref="UserError">Nothing gives one.</exception>
    public async Task<Password> GetAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return known ??= await FindAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<Password> FindAsync(CancellationToken cancellationToken)
    {
        if (file is not null)
            return Password.Read(file, option);
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
            return new Password(Encoding.UTF8.GetBytes(value), variable);
        if (!prompt.IsThere)
            throw new UserError(
                $"{what}: there is no terminal to ask for it.", $"Give it with {option} <file>, or in the variable {variable}.");
        var typed = await prompt.AskSecretAsync($"{what}: ", cancellationToken);
        if (isNew && !(await prompt.AskSecretAsync($"{what}, once more: ", cancellationToken)).SequenceEqual(typed))
            throw new UserError("The two were not the same.", "Run it again.");
        return new Password(typed, "What was typed");
    }
}
