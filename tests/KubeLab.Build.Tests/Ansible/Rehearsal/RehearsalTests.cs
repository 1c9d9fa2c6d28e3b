using CsCheck;
using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

public class RehearsalTests
{
    private const string Output = """
        PLAY [before the facts] ***
        kubelab-rehearsal {"at": {"file": "/tree/0040.yml", "line": 2, "name": "Stop if memory is too small"}}
        kubelab-rehearsal {"task": {"file": "/tree/0040.yml", "line": 2, "name": "Stop if memory is too small", "action": "assert", "once": false, "registers": false, "passed": ["w1"], "skipped": [], "failed": [{"host": "w2", "assertion": "ansible_memtotal_mb >= 1024", "index": 0, "message": "Assertion failed", "item": null, "values": {"ansible_memtotal_mb": "512"}}], "unknown": [{"host": "w3", "reason": "it had no end", "kind": "endless"}]}}
        kubelab-rehearsal {"done": "with the facts"}

        """;

    [Fact]
    public void I_read_what_a_rehearsal_says()
    {
        var rehearsal = Rehearsal.Parse(Output, 1, "");

        rehearsal.Problem.ShouldBeNull();
        var task = rehearsal.Tasks.Single();
        task.Failed.Single().Values["ansible_memtotal_mb"].ShouldBe("512");
        task.Unknown.Single().ShouldBe(new RehearsedUnknown("w3", "it had no end", UnknownKind.Endless));
    }

    [Fact]
    public void Wherever_it_is_cut_off_it_is_no_pass()
    {
        var end = Output.LastIndexOf('}');

        for (var length = 0; length < end; length++)
            Rehearsal.Parse(Output[..length], 1, "it ended early").Problem.ShouldNotBeNull($"{length} characters");
    }

    [Fact]
    public void It_names_the_task_at_which_it_was_cut_off()
    {
        var cut = Output[..Output.IndexOf("kubelab-rehearsal {\"task\"", StringComparison.Ordinal)];

        Rehearsal.Parse(cut, 1, "Ansible had no end after 60 s").Problem
            .ShouldBe("Ansible had no end after 60 s, at /tree/0040.yml:2 (Stop if memory is too small)");
    }

    [Theory]
    [InlineData("kubelab-rehearsal nothing")]
    [InlineData("kubelab-rehearsal []")]
    [InlineData("kubelab-rehearsal {\"task\": {}}")]
    [InlineData("kubelab-rehearsal {\"task\": {\"file\": null, \"line\": \"x\"}}")]
    [InlineData("kubelab-rehearsal {\"done\": 1}")]
    public void A_line_that_cannot_be_read_is_no_pass(string line) =>
        Rehearsal.Parse($"{line}\n{Output}", 1, "it said something else").Problem.ShouldBe("it said something else");

    [Fact]
    public void Whatever_is_said_in_its_place_it_is_read_and_nothing_but_its_end_is_an_end() => Gen.Select(
        Gen.Int[0, Output.Length], Gen.Int[0, Output.Length], Gen.String[Gen.Char["kubelab-rehearsal {}[]\":,\n0"], 0, 40]).Sample(
        (one, other, said) =>
        {
            var damaged = Output[..Math.Min(one, other)] + said + Output[Math.Max(one, other)..];

            var rehearsal = Rehearsal.Parse(damaged, 1, "it ended early");

            if (!damaged.Contains("kubelab-rehearsal {\"done\": \"", StringComparison.Ordinal))
                rehearsal.Problem.ShouldNotBeNull();
            rehearsal.Tasks.Count.ShouldBeLessThanOrEqualTo(1);
        },
        iter: 10_000);
}
