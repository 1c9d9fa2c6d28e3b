using KubeLab.Ansible;
using KubeLab.Tests.Machines;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace KubeLab.Tests.Ansible;

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

        console.Render(new LiveScreen(After(6), RunEstimate.From(Events(Run))).Draw(now, 100, 10));

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

        Consoles.Into(writer).Render(new LiveScreen(state, null).Draw(DateTimeOffset.UnixEpoch, 100, 5));

        writer.ToString().ShouldMatch(@"n77 .*unreachable");
        writer.ToString().ShouldContain("and 95 nodes more");
    }

    [Theory, InlineData(80), InlineData(60), InlineData(40), InlineData(20)]
    public void No_line_wraps_however_long_a_name_is_and_however_narrow_the_terminal(int width)
    {
        using var writer = new StringWriter();
        var console = Consoles.Into(writer);
        console.Console.Profile.Width = width;
        var long_ = string.Join(' ', Enumerable.Repeat("Install the [packages] of a 容器 runtime", 5));
        var state = new RunState(["a-node-with-a-rather-long-name.in-a.domain.example", "n2"]);
        foreach (var happened in Events(
            $$"""{"event": "play_start", "time": 100.0, "play": "{{long_}}"}""",
            $$"""{"event": "task_start", "time": 100.0, "task": "{{long_}}", "path": "a.yml:1"}""",
            """{"event": "start", "time": 100.0, "host": "n2", "task_id": "1"}""",
            """{"event": "retry", "time": 103.0, "host": "n2"}"""))
        {
            state.Apply(happened);
        }

        console.Render(new LiveScreen(state, RunEstimate.From(Events(Run))).Draw(DateTimeOffset.FromUnixTimeSeconds(107), width, 10));

        var lines = writer.ToString().TrimEnd().Split('\n');
        lines.Length.ShouldBe(7);
        lines[0].ShouldStartWith("Play  Install");
        lines[6].ShouldStartWith("n2");
        if (width >= 80)
            lines[6].ShouldMatch(@"Install.*… 7\.0 s, try 2\s*$");
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
        RunEstimate.From(Events([Run[0].Replace("}", """, "partial": true}"""), .. Run[1..]])).ShouldBeNull();
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
    public async Task Tasks_that_were_skipped_on_every_node_are_counted_and_not_listed()
    {
        string[] skipped = [.. Enumerable.Range(0, 3).SelectMany(number => new[]
        {
            $$"""{"event": "task_start", "time": {{140 + number}}.0, "task": "Skip {{number}}", "path": "a.yml:{{number}}"}""",
            $$"""{"event": "result", "time": {{140 + number}}.1, "host": "n1", "task": "Skip {{number}}", "status": "skipped"}""",
            $$"""{"event": "result", "time": {{140 + number}}.2, "host": "n2", "task": "Skip {{number}}", "status": "{{(number == 2 ? "ok" : "skipped")}}"}""",
        })];

        var lines = await PlainAsync(groups: false, [.. Run[..10], .. skipped, Run[^1]]);

        lines.ShouldNotContain(line => line.Contains("Skip 0") || line.Contains("Skip 1"));
        lines.ShouldContain(line => line.Contains("Skip 2: skipped 1, ok 1"));
        lines.ShouldContain("  2 more tasks were skipped on every node");
    }

    [Fact]
    public async Task On_GitHub_Actions_a_play_is_a_group()
    {
        var lines = await PlainAsync(groups: true, Run);

        lines.ShouldContain("::group::Prepare");
        lines.Count(line => line == "::endgroup::").ShouldBe(1);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Without_a_terminal_I_see_a_sign_of_life_at_least_every_30_s(bool verbose)
    {
        await using var writer = new StringWriter();
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(100));
        await using IPlaybookView view = verbose
            ? new RawView(Consoles.Into(writer), time)
            : new PlainView(Consoles.Into(writer), new RunState([]), null, time, groups: false);
        foreach (var happened in Events(Run[..5]))
            view.Event(happened);
        view.Line("TASK [Install] ****");
        var said = writer.ToString().Length;

        for (var second = 0; second < 300; second += 30)
        {
            time.Advance(TimeSpan.FromSeconds(30));

            writer.ToString()[said..].ShouldContain("… still at");
            writer.ToString()[said..].ShouldContain("Install");
            said = writer.ToString().Length;
        }
    }

    [Fact]
    public async Task Without_a_terminal_a_task_that_has_just_begun_is_not_called_slow_as_others_before_it_were_skipped()
    {
        await using var writer = new StringWriter();
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(100));
        await using var view = new PlainView(Consoles.Into(writer), new RunState([]), null, time, groups: false);
        foreach (var happened in Events(
            Run[1],
            """{"event": "task_start", "time": 100.0, "task": "Left out", "path": "a.yml:1"}""",
            """{"event": "result", "time": 101.0, "host": "n1", "task": "Left out", "path": "a.yml:1", "status": "skipped"}"""))
            view.Event(happened);
        time.Advance(TimeSpan.FromSeconds(24));
        foreach (var happened in Events("""{"event": "task_start", "time": 124.0, "task": "Install", "path": "a.yml:9"}"""))
            view.Event(happened);

        time.Advance(TimeSpan.FromSeconds(2));

        writer.ToString().ShouldContain("… at Install, after 1 task that every node skipped");
        writer.ToString().ShouldNotContain("still at");
    }

    [Fact]
    public async Task What_Ansible_says_of_a_failed_task_is_not_said_twice()
    {
        await using var writer = new StringWriter();
        await using var view = new PlainView(Consoles.Into(writer), new RunState([]), null, TimeProvider.System, groups: false);

        view.Line("[ERROR]: Task failed: Module failed: non-zero return code");
        view.Line("[ERROR]: couldn't resolve module/action 'modprobes'.");

        writer.ToString().TrimEnd().ShouldBe("✗ [ERROR]: couldn't resolve module/action 'modprobes'.");
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
