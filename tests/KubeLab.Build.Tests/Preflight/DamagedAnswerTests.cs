using System.Text;
using CsCheck;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>What fails of a node by its whole answer is never passed, nor left out, by one that was damaged.</summary>
public sealed class DamagedAnswerTests
{
    private static readonly string[] Words =
        ["\nMARKER begin files\n", "\nMARKER done 18\n", "MARKER end files 3\n", "\nMARKER hello\n", "OTHER begin files\n", "\r\n", "\0"];

    // Every recorded and built answer, and what makes each of them fail.
    public static TheoryData<string> Systems { get; } =
        ["failing", "debian-12-control-plane", "debian-12-worker", "debian-13", "debian-13-minimal", "rocky-9", "ubuntu-22.04", "ubuntu-24.04-no-sudo"];

    [Theory]
    [MemberData(nameof(Systems))]
    public void No_node_that_fails_passes_by_an_answer_that_was_cut_off_at_any_byte(string system)
    {
        using var node = new FailingNode(system);
        var bytes = Encoding.UTF8.GetBytes(node.Answer);

        for (var length = 0; length < bytes.Length; length++)
            node.ShouldNotPassBy(Encoding.UTF8.GetString(bytes, 0, length));
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void No_node_that_fails_passes_by_an_answer_that_lacks_its_beginning(string system)
    {
        using var node = new FailingNode(system);

        for (var start = 1; start < node.Answer.Length; start++)
            node.ShouldNotPassBy(node.Answer[start..]);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void No_node_that_fails_passes_by_an_answer_without_any_one_line_or_with_it_twice(string system)
    {
        using var node = new FailingNode(system);
        var lines = node.Answer.Split('\n');

        for (var i = 0; i < lines.Length; i++)
        {
            node.ShouldNotPassBy(string.Join('\n', [.. lines[..i], .. lines[(i + 1)..]]));
            node.ShouldNotPassBy(string.Join('\n', [.. lines[..i], lines[i], .. lines[i..]]));
        }
    }

    // CsCheck shows the seed of what fails.
    [Fact]
    public void No_node_that_fails_passes_by_any_of_10_000_damaged_answers()
    {
        using var node = new FailingNode("failing");
        var at = Gen.Int[0, node.Answer.Length];
        var healthy = SampleFacts.Text("debian-12-control-plane");
        var noise = Gen.OneOf(
            Gen.String[Gen.Char['\0', '\uffff'], 0, 40],
            Gen.String[Gen.Char[' ', '~'], 0, 40],
            Gen.Int[0, Words.Length - 1].Select(i => Words[i]),
            Gen.Select(Gen.Int[0, healthy.Length], Gen.Int[1, 400]).Select((start, length) => healthy.Substring(start, Math.Min(length, healthy.Length - start))));
        var damage = Gen.Select(Gen.Int[0, 3], at, at, at, noise);

        damage.Sample((kind, one, other, third, said) => node.ShouldNotPassBy(Damaged(node.Answer, kind, one, other, third, said)), iter: 10_000);
    }

    [Fact]
    public void A_cluster_of_which_one_answer_was_cut_off_is_judged_by_the_others()
    {
        var cut = SampleFacts.Text("debian-12-worker");
        using var cluster = new SampleCluster().Node("m0", "ce", SampleFacts.Healthy(10)).Node("w1", "w", SampleFacts.Healthy(10) with { HostName = "w1", ProductUuid = null })
            .Node("w2", "w", NodeFactsParser.Parse(cut[..(cut.IndexOf("MARKER end files", StringComparison.Ordinal) - 40)], "MARKER"));

        var findings = cluster.Judge("machine-ids");

        findings.Count(finding => finding is { Unknown: false, Status: FindingStatus.Warning }).ShouldBe(1, "m0 and w1 share one");
        findings.Single(finding => finding.Unknown).Message.ShouldBe("w2: unknown: the part files of its answer can't be used: it was cut off");
    }

    private static string Damaged(string text, int kind, int one, int other, int third, string noise)
    {
        var places = new[] { one, other, third }.Select(place => Math.Min(place, text.Length)).Order().ToArray();
        var (head, first, second, tail) = (text[..places[0]], text[places[0]..places[1]], text[places[1]..places[2]], text[places[2]..]);
        return kind switch
        {
            0 => head + second + tail,
            1 => head + first + first + second + tail,
            2 => head + noise + first + second + tail,
            _ => string.Join('\n', Swapped(text.Split('\n'), one, other)),
        };
    }

    // Lines of one length, in the place of each other, are what the number of bytes can't tell apart.
    private static string[] Swapped(string[] lines, int one, int other)
    {
        if (lines[one % lines.Length].Length != lines[other % lines.Length].Length)
            (lines[one % lines.Length], lines[other % lines.Length]) = (lines[other % lines.Length], lines[one % lines.Length]);
        return lines;
    }

    private sealed class FailingNode : IDisposable
    {
        private static readonly IReadOnlyList<Rule> Rules = CheckCatalog.All<Rule>();

        private readonly SampleCluster cluster = new SampleCluster().File("roles/kubernetes/kubeadm_common/defaults/main.yml", "kubeadm_ignore_preflight_errors: []\n")
            .Node("k8s-n1", "cew", SampleFacts.Healthy(30), ("ip", "192.0.2.77")).Node("k8s-m0", "cew", SampleFacts.Healthy(1));

        private readonly PreflightContext scene;
        private readonly List<(string Check, FindingStatus Status)> failing;
        private string judged = "";

        public FailingNode(string system)
        {
            scene = cluster.Scene();
            Answer = SampleFacts.Text(system);
            failing = [.. Judge(NodeFactsParser.Parse(Answer, "MARKER")!).Where(finding => finding.Status >= FindingStatus.Warning)
                .GroupBy(finding => finding.Check, finding => finding.Status).Select(check => (check.Key, check.Max()))];
            failing.Count.ShouldBeGreaterThanOrEqualTo(system == "failing" ? 25 : 1);
            failing.Max(check => check.Status).ShouldBe(FindingStatus.Failed);
        }

        public string Answer { get; }

        public void ShouldNotPassBy(string answer)
        {
            var output = ProbeOutput.Parse(answer, "MARKER");
            // What was judged just now is not judged again: nearly all cuts leave the same.
            var all = $"{output.Began} {output.Complete} {string.Join('\n', output.Sections.SelectMany(section => section.Value.Prepend(section.Key)))}";
            if (all == judged || NodeFactsParser.Parse(answer, "MARKER") is not { } facts)
                return;
            judged = all;
            var findings = Judge(facts).ToLookup(finding => finding.Check, finding => finding.Status);
            foreach (var (check, status) in failing)
                (findings[check].Max() >= FindingStatus.Warning).ShouldBeTrue($"{check} was {status}:\n{answer}");
            findings.SelectMany(check => check).Max().ShouldBe(FindingStatus.Failed, answer);
        }

        public void Dispose() => cluster.Dispose();

        private IReadOnlyList<Finding> Judge(NodeFacts facts)
        {
            var offset = facts.Broken.ContainsKey("clock") ? null : new ClockOffset(90, 90, 90);
            var nodes = scene.Nodes.Select((node, i) => i == 0 ? node with { Facts = facts, ClockOffset = offset } : node).ToList();
            return new RuleRunner(Rules, new PreflightOptions()).Findings(scene with { Nodes = nodes });
        }
    }
}
