using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace KubeLab.Bundled.CliWrap;

public sealed class CancellationTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource forceful = new(Limit);
    private readonly CancellationTokenSource graceful = new();
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

    public void Dispose()
    {
        forceful.Dispose();
        graceful.Dispose();
    }

    [Fact]
    public async Task Cancelling_gracefully_lets_a_command_clean_up_and_ends_in_a_cancellation()
    {
        // Arrange
        var running = Start("trap 'echo cleaning; exit 0' INT; echo ready; while :; do sleep 0.1; done");
        await NextLineAsync();

        // Act
        await graceful.CancelAsync();
        var exception = await Should.ThrowAsync<OperationCanceledException>(running.Task);

        // Assert
        exception.CancellationToken.ShouldBe(graceful.Token);
        (await NextLineAsync()).ShouldBe("cleaning");
    }

    [Fact]
    public async Task A_command_that_does_not_listen_goes_on_until_it_is_killed()
    {
        // Arrange
        var running = Start("trap 'echo no' INT; echo ready; while :; do sleep 0.1; done");
        await NextLineAsync();

        // Act
        await graceful.CancelAsync();
        (await NextLineAsync()).ShouldBe("no");
        running.Task.IsCompleted.ShouldBeFalse();
        await forceful.CancelAsync();
        var exception = await Should.ThrowAsync<OperationCanceledException>(running.Task);

        // Assert
        exception.CancellationToken.ShouldBe(forceful.Token);
        IsAlive(running.ProcessId).ShouldBeFalse();
    }

    [Fact]
    public async Task Killing_a_command_kills_all_that_it_started()
    {
        // Arrange
        var running = Start("sleep 300 & echo $!; (sleep 300 & echo $!; wait) & wait");
        int[] children = [int.Parse(await NextLineAsync()), int.Parse(await NextLineAsync())];
        children.ShouldAllBe(child => IsAlive(child));

        // Act
        await forceful.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running.Task);

        // Assert
        await EventuallyAsync(() => !children.Any(IsAlive), "The children are gone.");
    }

    [Fact]
    public async Task A_command_can_be_cancelled_before_it_begins()
    {
        // Arrange
        await forceful.CancelAsync();

        // Act
        var running = Start("sleep 300");

        // Assert
        await Should.ThrowAsync<OperationCanceledException>(running.Task);
        IsAlive(running.ProcessId).ShouldBeFalse();
    }

    [Fact]
    public async Task Cancelling_after_the_end_changes_nothing()
    {
        // Arrange
        var running = Start("echo done");
        var result = await running;

        // Act
        await graceful.CancelAsync();
        await forceful.CancelAsync();

        // Assert
        result.ExitCode.ShouldBe(0);
        (await running).ShouldBeSameAs(result);
    }

    [Fact]
    public async Task What_a_killed_command_said_is_kept()
    {
        // Arrange
        var said = new StringBuilder();
        var running = Start("printf 'half a line'; sleep 300", PipeTarget.ToStringBuilder(said));
        await EventuallyAsync(() => said.Length > 0, "It has said something.");

        // Act
        await forceful.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running.Task);

        // Assert
        said.ToString().ShouldBe("half a line");
    }

    private CommandTask<CommandResult> Start(string script, PipeTarget? also = null) => Cli.Wrap("/bin/sh")
        .WithArguments(["-c", script])
        .WithStandardOutputPipe(PipeTarget.Merge(
            also ?? PipeTarget.Null, PipeTarget.ToDelegate(line => lines.Writer.TryWrite(line))))
        .ExecuteAsync(forceful.Token, graceful.Token);

    private async Task<string> NextLineAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        return await lines.Reader.ReadAsync(limit.Token);
    }

    private static async Task EventuallyAsync(Func<bool> holds, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Limit, what);
            await Task.Delay(20);
        }
    }

    // A process that has ended but that nobody has waited for yet (state Z in proc(5)) is not alive.
    private static bool IsAlive(int processId)
    {
        var stat = $"/proc/{processId}/stat";
        return File.Exists(stat) && File.ReadAllText(stat).Split(") ")[^1][0] != 'Z';
    }
}
