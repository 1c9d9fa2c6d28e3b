using CsCheck;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>Whatever a node says, its facts are read without an exception, and every rule gives an answer for it.</summary>
public sealed class ProbeParserPropertyTests : IDisposable
{
    private static readonly string[] Samples =
        ["debian-12-control-plane", "debian-12-worker", "debian-13", "debian-13-minimal", "rocky-9", "ubuntu-22.04", "ubuntu-24.04-no-sudo"];

    private static readonly IReadOnlyList<Rule> Rules = CheckCatalog.All<Rule>();

    private static readonly Gen<string> Sample = OneOf(Samples).Select(SampleFacts.Text);

    private static readonly Gen<string> Garbage = Gen.String[Gen.Char['\0', '\uffff'], 0, 200];

    private static readonly Gen<string> Figure = OneOf("-1", "0", "9223372036854775807", "99999999999999999999999", "1e308", "NaN", "", " ", "0x10", "１２", "%N");

    private readonly SampleCluster cluster = new SampleCluster().Node("k8s-m0", "cew", SampleFacts.Healthy(10)).Node("k8s-n0", "w", SampleFacts.Healthy(20));
    private readonly PreflightContext scene;

    public ProbeParserPropertyTests() => scene = cluster.Scene();

    [Fact]
    public void An_output_that_is_cut_off_anywhere_is_read() =>
        Gen.Select(Sample, Gen.Int[0, 20_000]).Sample((text, length) => Judge(text[..Math.Min(length, text.Length)]));

    [Fact]
    public void An_output_with_garbage_anywhere_is_read() =>
        Gen.Select(Sample, Gen.Int[0, 20_000], Garbage).Sample((text, at, garbage) => Judge(text.Insert(Math.Min(at, text.Length), garbage)));

    [Fact]
    public void An_output_whose_lines_are_lost_repeated_or_out_of_order_is_read() => Gen.Select(Sample, Gen.Int[0, 1000].Array[1, 300]).Sample((text, order) =>
    {
        var lines = text.Split('\n');
        Judge(string.Join('\n', order.Select(i => lines[i % lines.Length])));
    });

    [Fact]
    public void An_output_with_absurd_figures_is_read() => Gen.Select(Sample, Gen.Int[0, 1000], Figure).Sample((text, which, figure) =>
    {
        var figures = System.Text.RegularExpressions.Regex.Matches(text, "(?<![A-Za-z0-9])[0-9]{1,20}(?![A-Za-z0-9])", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        var match = figures[which % figures.Count];
        Judge($"{text[..match.Index]}{figure}{text[(match.Index + match.Length)..]}");
    });

    [Fact]
    public void An_output_that_is_nothing_but_garbage_is_read() =>
        Garbage.Sample(text => Judge(Answer(("files", text), ("disks", text), ("clock", text))));

    [Fact]
    public void Sections_full_of_lines_that_look_right_are_read()
    {
        var line = Gen.OneOf(
            Figure.Select(figure => $"stat 1 {figure} {figure} {figure} {figure} {figure} /var/lib"),
            Figure.Select(figure => $"/proc/net/tcp:   0: {figure}:{figure} 00000000:0000 0A"),
            Figure.Select(figure => $"2: eth0    inet {figure}/{figure} scope global eth0"),
            Figure.Select(figure => $"/proc/net/route:eth0 {figure} {figure} 0 0 0 0 {figure}"),
            Figure.Select(figure => $"1: POSIX ADVISORY WRITE {figure} {figure}:{figure}:{figure} 0 EOF"),
            Figure.Select(figure => $"LISTEN 0 1 {figure}:{figure} *:* users:((\"{figure}\",pid=1,fd=1))"),
            Figure.Select(figure => $"/proc/self/status:Cpus_allowed_list:\t{figure}-{figure},{figure}"),
            Figure.Select(figure => $"/sys/class/net/{figure}/mtu:{figure}"));
        var section = Gen.Select(OneOf("files", "disks", "addresses", "owners", "locks", "machine", "python", "clock", "time", "paths", "services"), line.Array[0, 20]);
        section.Array[0, 10].Sample(sections => Judge(Answer([.. sections.Select(each => (each.Item1, string.Join('\n', each.Item2)))])));
    }

    public void Dispose() => cluster.Dispose();

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Answer(params IReadOnlyList<(string Section, string Text)> sections) =>
        System.Text.RegularExpressions.Regex.Replace(SampleFacts.Answer(sections), "^M (?=hello|begin|end|done)", "MARKER ", System.Text.RegularExpressions.RegexOptions.Multiline, TimeSpan.FromSeconds(1));

    private void Judge(string output)
    {
        var facts = NodeFactsParser.Parse(output, "MARKER");
        if (facts is null)
            return;
        var nodes = scene.Nodes.Select((node, i) => i == 0 ? node with { Facts = facts } : node).ToList();
        SampleCluster.Explained(new RuleRunner(Rules, new PreflightOptions()).Findings(scene with { Nodes = nodes })).ShouldAllBe(finding => !finding.Message.Contains("The check itself broke"));
    }
}
