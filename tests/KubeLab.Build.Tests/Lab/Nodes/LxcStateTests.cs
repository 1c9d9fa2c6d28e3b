using CsCheck;
using KubeLab.Lab;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

public class LxcStateTests
{
    [Fact]
    public void A_running_container_has_a_process_id()
    {
        var state = LxcState.Parse("State:          RUNNING\nPID:            32288\n");

        state.ShouldBe(new LxcState("RUNNING", 32288));
        state.IsRunning.ShouldBeTrue();
    }

    [Fact]
    public void A_stopped_container_has_none()
    {
        var state = LxcState.Parse("State:          STOPPED\n");

        state.ShouldBe(new LxcState("STOPPED", null));
        state.IsRunning.ShouldBeFalse();
    }

    [Fact]
    public void A_frozen_container_is_not_running() => LxcState.Parse("State: FROZEN\nPID: 7\n").IsRunning.ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("nope doesn't exist\n")]
    [InlineData("State:\n")]
    public void Anything_else_is_no_container(string text) => LxcState.Parse(text).ShouldBe(LxcState.Absent);

    [Theory]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("99999999999999")]
    [InlineData("x")]
    public void A_process_id_that_is_none_is_not_taken(string id) => LxcState.Parse($"State: RUNNING\nPID: {id}\n").ProcessId.ShouldBeNull();

    // Seen where labs and other programs of root's had used them up.
    [Fact]
    public void I_am_told_why_a_node_ended_as_soon_as_it_had_started()
    {
        using var folder = new TemporaryDirectory();
        var console = folder.Write("console.log", "Welcome!\n\u001b[0;1;31mFailed to create control group inotify object: Too many open files\nExiting PID 1...\n");

        var ended = Lxc.Ended("ks-n1", console);

        ended.Problem.ShouldStartWith("ks-n1 started and ended at once:");
        ended.Problem.ShouldContain("  | Failed to create control group inotify object: Too many open files\n  | Exiting PID 1...");
        ended.Remedy!.ShouldContain("sysctl -w fs.inotify.max_user_instances=1024");
        Lxc.Ended("ks-n1", folder.File("none")).Remedy.ShouldBe($"All of it: {folder.File("none")}");
    }

    [Fact]
    public void No_text_throws() => Gen.String.Sample(text => LxcState.Parse(text) is not null);
}
