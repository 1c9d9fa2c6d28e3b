using System.Security.Cryptography;

namespace KubeLab.Tests.Commands;

public sealed class StreamingTests
{
    private static readonly byte[] Data = RandomNumberGenerator.GetBytes(300_000);
    private static readonly CommandRunner Commands = new();

    [Fact]
    public async Task I_can_pass_bytes_through_a_program()
    {
        using var got = new MemoryStream();
        var line = CommandLine.Of("cat") with
        { Feed = (input, token) => input.WriteAsync(Data, token).AsTask(), Drain = (output, token) => output.CopyToAsync(got, token) };

        (await Commands.RunStreamingAsync(line, TestContext.Current.CancellationToken)).ExitCode.ShouldBe(0);

        got.ToArray().ShouldBe(Data);
    }

    [Fact]
    public async Task A_reader_that_fails_ends_the_program_and_is_what_i_hear_of()
    {
        var line = CommandLine.Of("yes") with { Drain = (_, _) => throw new IOException("No space left on device") };

        var error = await Should.ThrowAsync<IOException>(() => Commands.RunStreamingAsync(line, TestContext.Current.CancellationToken));

        error.Message.ShouldBe("No space left on device");
    }

    [Fact]
    public async Task A_writer_that_fails_is_what_i_hear_of_where_the_program_is_content_with_less()
    {
        var line = CommandLine.Of("cat") with { Feed = (_, _) => throw new InvalidDataException("half a file") };

        (await Should.ThrowAsync<InvalidDataException>(() => Commands.RunStreamingAsync(line, TestContext.Current.CancellationToken))).Message.ShouldBe("half a file");
    }

    [Fact]
    public async Task A_program_that_takes_no_more_tells_itself_why()
    {
        var line = CommandLine.Of("sh", "-c", "echo 'no such recipient' >&2; exit 3") with { Feed = (input, token) => input.WriteAsync(Data, token).AsTask() };

        var result = await Commands.RunStreamingAsync(line, TestContext.Current.CancellationToken);

        (result.ExitCode, result.StandardError.Trim()).ShouldBe((3, "no such recipient"));
    }

    [Fact]
    public async Task An_interrupt_ends_it()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = Commands.RunStreamingAsync(
            CommandLine.Of("yes") with { Drain = (output, token) => output.CopyToAsync(Stream.Null, token) }, interrupt.Token);

        await interrupt.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }
}
