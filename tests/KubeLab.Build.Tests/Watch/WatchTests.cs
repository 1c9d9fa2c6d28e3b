using KubeLab.Ansible;
using KubeLab.Tests.Machines;
using KubeLab.Watch;
using Spectre.Console;

namespace KubeLab.Tests.Watch;

public class WatchTests
{
    private static readonly string[] Run =
    [
        """{"event": "playbook_start", "time": 100.0, "playbook": "cluster.yml"}""",
        """{"event": "play_start", "time": 100.0, "play": "Prepare"}""",
        """{"event": "task_start", "time": 100.0, "task": "Install", "path": "a.yml:1"}""",
        """{"event": "start", "time": 100.0, "host": "n1", "task_id": "1"}""",
        """{"event": "start", "time": 100.0, "host": "n2", "task_id": "1"}""",
        """{"event": "result", "time": 110.0, "host": "n1", "task": "Install", "path": "a.yml:1", "status": "changed"}""",
        """{"event": "something new", "time": 111.0}""",
        """{"event": "result", "time": 130.0, "host": "n2", "task": "Install", "path": "a.yml:1", "status": "ok"}""",
        """{"event": "task_start", "time": 130.0, "task": "Start", "path": "a.yml:9"}""",
        """{"event": "result", "time": 150.0, "host": "n1", "task": "Start", "path": "a.yml:9", "status": "ok"}""",
        """{"event": "stats", "time": 160.0, "hosts": {"n1": {"ok": 2, "changed": 1}, "n2": {"ok": 1}}}""",
    ];

    [Fact]
    public void I_see_what_every_node_is_doing()
    {
        var state = After(6);

        state.Play.ShouldBe("Prepare");
        state.Task.ShouldBe("Install");
        state.Hosts["n1"].ShouldSatisfyAllConditions(host => host.Changed.ShouldBe(1), host => host.Since.ShouldBeNull());
        state.Hosts["n2"].Since.ShouldNotBeNull();
    }

    [Fact]
    public void I_see_on_the_screen_how_far_it_is_and_who_is_slow()
    {
        using var writer = new StringWriter();
        var console = Consoles.Into(writer);
        var now = DateTimeOffset.FromUnixTimeSeconds(115);

        console.Render(new LiveScreen(After(6), RunEstimate.From(Events(Run))).Draw(now, 10));

        var screen = writer.ToString();
        screen.ShouldContain("15 s, 0 of about 2 tasks done, about 45 s left");
        screen.ShouldContain("n2, at this task for 15 s");
        screen.ShouldMatch(@"n1 +1 +1 +0 +-");
        screen.ShouldMatch(@"n2 +0 +0 +0 +Install 15 s");
    }

    [Fact]
    public void I_see_those_in_trouble_when_not_all_nodes_fit()
    {
        using var writer = new StringWriter();
        var state = new RunState(Enumerable.Range(0, 100).Select(number => $"n{number}"));
        state.Apply(Events("""{"event": "result", "time": 1.0, "host": "n77", "status": "unreachable"}""").Single());

        Consoles.Into(writer).Render(new LiveScreen(state, null).Draw(DateTimeOffset.UnixEpoch, 5));

        writer.ToString().ShouldMatch(@"n77 .*unreachable");
        writer.ToString().ShouldContain("and 95 nodes more");
    }

    [Fact]
    public void The_estimate_is_what_the_last_run_still_took_from_this_task_on()
    {
        var estimate = RunEstimate.From(Events(Run))!;

        estimate.Total.ShouldBe(TimeSpan.FromSeconds(60));
        estimate.Left(After(9), DateTimeOffset.FromUnixTimeSeconds(140)).ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_run_that_failed_or_was_cut_off_gives_no_estimate()
    {
        RunEstimate.From(Events(Run[..8])).ShouldBeNull();
        RunEstimate.From(Events([.. Run[..10], """{"event": "stats", "time": 160.0, "hosts": {"n1": {"ok": 2, "failures": 1}}}"""])).ShouldBeNull();
    }

    [Fact]
    public async Task Without_a_terminal_I_read_a_line_a_task_and_failures_as_they_happen()
    {
        var lines = await PlainAsync(groups: false, [.. Run[..8], """{"event": "result", "time": 131.0, "host": "n1", "task": "Start", "status": "failed", "failure": {"msg": "no space"}}"""]);

        lines.ShouldContain(line => line.Contains("Install: changed 1, ok 1"));
        lines.ShouldContain("✗ n1: failed in \"Start\": no space");
    }

    [Fact]
    public async Task On_GitHub_Actions_a_play_is_a_group()
    {
        var lines = await PlainAsync(groups: true, Run);

        lines.ShouldContain("::group::Prepare");
        lines.Count(line => line == "::endgroup::").ShouldBe(1);
    }

    private static async Task<string[]> PlainAsync(bool groups, string[] run)
    {
        await using var writer = new StringWriter();
        await using (var view = new PlainView(Consoles.Into(writer), new RunState([]), null, TimeProvider.System, groups))
        {
            foreach (var happened in Events(run))
                view.Event(happened);
        }

        return writer.ToString().Split('\n').Select(line => line.TrimEnd()).ToArray();
    }

    private static RunState After(int events)
    {
        var state = new RunState(["n1", "n2"]);
        foreach (var happened in Events(Run[..events]))
            state.Apply(happened);
        return state;
    }

    private static IReadOnlyList<PlaybookEvent> Events(params string[] lines) => [.. lines.Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()];
}
