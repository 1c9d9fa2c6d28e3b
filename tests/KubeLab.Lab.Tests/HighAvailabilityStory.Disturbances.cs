using System.Text.Json.Nodes;

namespace KubeLab.Lab.Tests;

// What befalls a cluster, done to it on purpose: it heals, and the workload goes on.
public partial class HighAvailabilityStory
{
    // As long as the first control plane is there. The others take minutes more, and are for people.
    [Fact, Chapter(4)]
    public async Task I_disturb_the_cluster_and_it_heals_each_time()
    {
        LabMachine.SkipUnlessRoot();
        (await lab.BuildAsync("SmokeTest", "--tier", "2")).ShouldFail().Output.ReplaceLineEndings(" ")
            .ShouldContain("SmokeTest --tier 2 disturbs the nodes of the cluster lab-ha, and nobody has confirmed that");

        var run = await lab.BuildAsync(
            "SmokeTest", "--tier", "2", "--confirm", "lab-ha", "--checks", "etcd-leader,runtime-restart,nothing-left");

        run.ShouldSucceed().Output.ShouldContain("3 passed, 0 failed, 0 skipped");
        // Somebody asked all along, and had answers.
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(LastRecord(), "smoke.json")))!;
        report["checks"]![0]!["findings"]!.AsArray().ShouldAllBe(finding => finding!["message"]!.GetValue<string>().Contains(" requests ", StringComparison.Ordinal));
        (await MembersAsync("10.86.0.10")).ShouldBe(["etcd1", "etcd2", "etcd3"]);
    }

    private string LastRecord() => Directory.GetDirectories(Path.Combine(lab.OwnArtifacts, "runs")).Order(StringComparer.Ordinal).Last();
}
