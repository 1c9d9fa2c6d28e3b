namespace KubeLab.Lifecycle;

/// <summary>Encrypts to an age recipient and decrypts with an identity, by the program <c>age</c>, from stream to stream: what is
/// secret never lies in a file in clear.</summary>
public static class AgeCipher
{
    private const string Header = "age-encryption.org/v1";
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    /// <summary>Whether a file begins as age writes it.</summary>
    public static bool IsAge(ReadOnlySpan<byte> beginning) => beginning.StartsWith(Encoding.ASCII.GetBytes(Header));

    /// <summary>Makes sure that age is there and knows the recipient, before anything is done for it.</summary>
    /// <param name="recipient">A recipient, or a file of recipients.</param>
    /// <exception cref="UserError">It isn't there, or doesn't.</exception>
    public static async Task RequireAsync(CommandRunner commands, string recipient, CancellationToken cancellationToken = default)
    {
        if (Which.Find("age") is null)
            throw new UserError(
                "age, which encrypts backups, is not installed.", "Install it (apt-get install age). Nothing was changed.");
        var line = new CommandLine("age", Encrypting(recipient))
        { StandardInput = "", Drain = (output, token) => output.CopyToAsync(Stream.Null, token) };
        var tried = await commands.RunStreamingAsync(line, cancellationToken);
        if (!tried.Succeeded)
            throw new UserError(
                $"age can't encrypt to {recipient}: {Reason(tried)}",
                "Give a recipient as age-keygen prints it (age1...), a public key of SSH, or a file of such lines. Nothing was changed.");
    }

    /// <summary>Encrypts what is written into a stream.</summary>
    /// <exception cref="UserError">age failed.</exception>
    public static async Task EncryptAsync(
        CommandRunner commands, string recipient, Stream into, Func<Stream, CancellationToken, Task> write,
        CancellationToken cancellationToken = default)
    {
        var line = new CommandLine("age", Encrypting(recipient))
        { Timeout = Limit, Feed = write, Drain = (output, token) => output.CopyToAsync(into, token) };
        (await commands.RunStreamingAsync(line, cancellationToken)).EnsureSucceeded("Encrypting the backup");
    }

    /// <summary>Decrypts a file for a reader.</summary>
    /// <exception cref="UserError">age refuses it: another identity, or a file that is damaged or cut off.</exception>
    public static async Task DecryptAsync(
        CommandRunner commands, string identity, string file, Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellationToken = default)
    {
        Exception? broken = null;
        var line = new CommandLine("age", ["--decrypt", "--identity", identity, file])
        {
            Timeout = Limit,
            Drain = async (output, token) =>
            {
                try
                {
                    await read(output, token);
                }
                // Where age itself stops, its reader only sees an end.
                catch (Exception exception) when (BackupArchive.IsDamage(exception))
                {
                    broken = exception;
                }

                await output.CopyToAsync(Stream.Null, token);
            },
        };
        var result = await commands.RunStreamingAsync(line, cancellationToken);
        if (!result.Succeeded)
            throw new UserError(
                $"{file} can't be decrypted with {identity}: {Reason(result)}",
                "Name the identity that belongs to the recipient (--age-identity); if it does, the file is damaged or cut off: take another backup.");
        if (broken is not null)
            throw broken;
    }

    private static IReadOnlyList<string> Encrypting(string recipient) =>
        ["--encrypt", File.Exists(recipient) ? "--recipients-file" : "--recipient", recipient];

    private static string Reason(CommandResult result) =>
        result.StandardError.Split('\n').Select(line => line.Trim())
            .FirstOrDefault(line => line.StartsWith("age: ", StringComparison.Ordinal))?["age: ".Length..].Replace("error: ", "")
            ?? $"exit code {result.ExitCode}";
}
