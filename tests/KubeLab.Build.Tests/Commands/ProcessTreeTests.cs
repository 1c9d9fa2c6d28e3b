using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Commands;

public class ProcessTreeTests
{
    [Theory]
    [InlineData("sh -c 'trap : INT TERM; echo $$ > \"$1\"; while :; do sleep 1; done' inner \"$1\" & wait")]
    [InlineData("sleep 600 & echo $! > \"$1\"; wait")]
    public async Task I_leave_nothing_running_of_a_command_that_is_interrupted(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are looked up in /proc");
        using var directory = new TemporaryDirectory();
        using var interruption = new CancellationTokenSource();
        var pid = directory.File("pid");
        var run = new CommandRunner().RunAsync(CommandLine.Of("sh", "-c", script, "outer", pid), cancellationToken: interruption.Token);
        await Files.AppearsAsync(pid, TimeSpan.FromSeconds(10));

        await interruption.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await run);
        Processes.IsRunning(File.ReadAllText(pid).Trim()).ShouldBeFalse();
    }
}
