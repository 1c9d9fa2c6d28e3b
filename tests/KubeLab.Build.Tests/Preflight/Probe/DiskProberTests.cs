using CsCheck;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

/// <summary>The real program, run by a real Python.</summary>
public sealed class DiskProberTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_measure_a_disk_and_leave_nothing_on_it()
    {
        Programs.Require("python3");

        // The folder of etcd's data isn't there yet: it is the one above that counts.
        var result = await RunAsync(directory.File("etcd/data"));

        var measure = DiskMeasureParser.Parse(result, "MARKER");
        measure.Failure.ShouldBeNull(result);
        measure.Percentile!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        measure.Writes.ShouldBeGreaterThanOrEqualTo(100);
        Directory.EnumerateFileSystemEntries(directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task I_am_told_why_a_disk_cannot_be_written_to()
    {
        Programs.Require("python3");

        DiskMeasureParser.Parse(await RunAsync("/proc/self"), "MARKER").Failure.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("M synced 9566 0.004200 done\n", null)]
    [InlineData("M hello\n\nM synced 9566 0.004200 done\n", null)]
    [InlineData("M failed No space left on device done\n", "No space left on device")]
    [InlineData("M synced 9566 0.0042", "it gave no answer, or has no Python 3")]
    [InlineData("M synced 9566 0.004200 done", "it gave no answer, or has no Python 3")]
    [InlineData("M synced 9566 0.0\n", "its answer did not come whole")]
    [InlineData("M synced 9566 0.004200 done\nM synced 9566 0.004200 done\n", "its answer did not come whole")]
    [InlineData("M synced 12 0.004200 done\n", "it did only 12 writes in time")]
    [InlineData("N synced 9566 0.004200 done\n", "it gave no answer, or has no Python 3")]
    [InlineData("", "it gave no answer, or has no Python 3")]
    public void I_take_nothing_that_did_not_come_whole(string output, string? failure)
    {
        var measure = DiskMeasureParser.Parse(output, "M");

        measure.Failure.ShouldBe(failure);
        measure.Percentile.ShouldBe(failure is null ? TimeSpan.FromMilliseconds(4.2) : null);
    }

    // CsCheck shows the seed of what fails.
    [Fact]
    public void No_slow_disk_is_quick_by_any_of_10_000_damaged_answers()
    {
        const string answer = "\nM hello\n\nM synced 9566 0.020000 done\n";
        var noise = Gen.OneOf(Gen.String[Gen.Char['\0', '\uffff'], 0, 40], Gen.Const("M synced"), Gen.Const("\n"), Gen.Const(" done\n"));

        Gen.Select(Gen.Int[0, answer.Length], Gen.Int[0, answer.Length], noise).Sample(
            (one, other, said) =>
            {
                var measure = DiskMeasureParser.Parse(answer[..Math.Min(one, other)] + said + answer[Math.Max(one, other)..], "M");
                (measure.Percentile is not null).ShouldBe(measure.Failure is null);
                // A figure inside of a figure can't be told from one.
                if (measure.Percentile is { } time && !said.Any(char.IsAsciiDigit))
                    time.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(10));
            },
            iter: 10_000);
    }

    public void Dispose() => directory.Dispose();

    private static async Task<string> RunAsync(string folder)
    {
        var command = DiskProber.For(folder, new ProbeRequest { Marker = "MARKER", BecomeUser = Environment.UserName }, seconds: 2);
        var result = await new CommandRunner().RunAsync(new CommandLine(command.Words[0], [.. command.Words.Skip(1)]) { StandardInput = command.StandardInput });
        return result.StandardOutput + result.StandardError;
    }
}
