using KubeLab.Records;
using KubeLab.Runs;

namespace KubeLab.Tests.Runs;

public class RunRecorderTests
{
    [Fact]
    public async Task What_a_run_leaves_behind_is_sealed_once_and_whoever_comes_second_waits_for_that()
    {
        // Arrange
        var recorder = new RunRecorder(() => throw new InvalidOperationException(), new SecretMask(), TimeProvider.System, default);
        using var hasBegun = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        var written = 0;

        // Act
        var first = Task.Run(() => recorder.Seal(() =>
        {
            hasBegun.Release();
            mayEnd.Wait();
            written++;
        }));
        await hasBegun.WaitAsync();
        var second = Task.Run(() =>
        {
            recorder.Seal(() => written += 100);
            return written;
        });
        mayEnd.Release();

        // Assert
        await first;
        (await second).ShouldBe(1);
        written.ShouldBe(1);
    }
}
