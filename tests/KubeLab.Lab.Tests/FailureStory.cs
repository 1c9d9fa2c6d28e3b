using System.Text.Json;

namespace KubeLab.Lab.Tests;

/// <summary>
/// What goes wrong between the first task and a working cluster, brought about on real nodes: each failure is named by its node and
/// explained, leaves a whole record, and is gone on from with <c>--resume</c>. A part a failure; each mends what it broke.
/// </summary>
[Collection(LabMachine.Turn)]
[TestMethodOrderer(typeof(StoryOrder))]
public partial class FailureStory(LabMachine lab) : IClassFixture<LabMachine>
{
    // An early task and a later one of cluster.yml, both on all nodes, and with more to come.
    private const string EarlyTask = "kubernetes/preinstall : Install packages";
    private const string LaterTask = "container_engine/containerd : Configure containerd";

    private static readonly TimeSpan PlaybookLimit = TimeSpan.FromMinutes(8);

    private static async Task<Mending> BreakAsync(string node, string how, string mend)
    {
        var mending = new Mending(() => LabMachine.OnNodeAsync(LabMachine.Nodes[node], mend));
        var broken = await LabMachine.OnNodeAsync(LabMachine.Nodes[node], $"set -e\n{how}\n");
        if (broken.ExitCode != 0)
            await mending.DisposeAsync();
        broken.ShouldSucceed();
        return mending;
    }

    /// <summary>The explanations in a run's record.</summary>
    private static IReadOnlyList<JsonElement> Explanations(string record) =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(record, "explanations.json"))).RootElement.EnumerateArray()];

    /// <summary>One cause was found and no other, and this is it.</summary>
    private static JsonElement ShouldBeExplained(string record, string signature, params string[] nodes)
    {
        var explanation = Explanations(record).ShouldHaveSingleItem();
        explanation.GetProperty("signature").GetString().ShouldBe(signature, explanation.ToString());
        explanation.GetProperty("nodes").EnumerateArray().Select(node => node.GetString()).ShouldBe(nodes, explanation.ToString());
        return explanation;
    }

    /// <summary>All that a run leaves is there, whatever became of it.</summary>
    private static void ShouldBeWhole(string record)
    {
        foreach (var file in new[] { "commands.txt", "ansible.log", "events.jsonl", "explanations.json", "run.json", "report.html", "summary.md", "junit.xml" })
            File.Exists(Path.Combine(record, file)).ShouldBeTrue($"{record} lacks {file}");
    }
}
