using System.Text.Json;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

/// <summary>What the lab's distribution makes of the API's answers: names for its DNS, volumes for its claims. By the real jq.</summary>
public sealed class ClusterServicesTests : IDisposable
{
    private static readonly string Apps = Path.Combine(Repository.Root, "lab", "distribution", "roles", "kubernetes_apps");

    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task I_get_a_name_for_each_Service_and_for_each_pod_behind_a_headless_one()
    {
        var services = folder.Write("services", """
            {"items":[
              {"metadata":{"name":"web","namespace":"default"},"spec":{"clusterIP":"10.233.0.7"}},
              {"metadata":{"name":"db","namespace":"default"},"spec":{"clusterIP":"None"}},
              {"metadata":{"name":"gossip","namespace":"default"},"spec":{"clusterIP":"None","publishNotReadyAddresses":true}},
              {"metadata":{"name":"outside","namespace":"default"},"spec":{"type":"ExternalName","externalName":"db.example"}}]}
            """);
        var endpoints = folder.Write("endpoints", """
            {"items":[
              {"metadata":{"name":"web","namespace":"default"},"subsets":[{"addresses":[{"ip":"10.233.64.9"}]}]},
              {"metadata":{"name":"db","namespace":"default"},"subsets":[{"addresses":[{"ip":"10.233.64.2","hostname":"db-0"},{"ip":"10.233.64.3"}],"notReadyAddresses":[{"ip":"10.233.64.4"}]}]},
              {"metadata":{"name":"gossip","namespace":"default"},"subsets":[{"notReadyAddresses":[{"ip":"10.233.64.5"}]}]},
              {"metadata":{"name":"empty","namespace":"default"}}]}
            """);

        var names = await JqAsync(
            "--raw-output", "--null-input", "--arg", "domain", "cluster.local", "--slurpfile", "services", services,
            "--slurpfile", "endpoints", endpoints, "--from-file", Path.Combine(Apps, "cluster_dns", "files", "names.jq"));

        names.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            [
                "10.233.0.7 web.default.svc.cluster.local",
                "10.233.64.2 db.default.svc.cluster.local",
                "10.233.64.2 db-0.db.default.svc.cluster.local",
                "10.233.64.3 db.default.svc.cluster.local",
                "10.233.64.3 10-233-64-3.db.default.svc.cluster.local",
                "10.233.64.5 gossip.default.svc.cluster.local",
                "10.233.64.5 10-233-64-5.gossip.default.svc.cluster.local",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task I_get_one_volume_for_each_claim_whose_pod_goes_to_the_node_and_for_no_other()
    {
        var claims = folder.Write("claims", $$$"""
            {"items":[{{{Claim("mine", "local", "k8s-n0")}}},{{{Claim("made", "local", "k8s-n0")}}},{{{Claim("elsewhere", "local", "k8s-n1")}}},
              {{{Claim("foreign", "fast", "k8s-n0")}}},{"metadata":{"name":"waiting","namespace":"default","uid":"u-waiting"},"spec":{"storageClassName":"local"}}]}
            """);
        var volumes = folder.Write("volumes", """{"items":[{"metadata":{"name":"pvc-u-made"}}]}""");

        var made = await JqAsync(
            "--compact-output", "--arg", "node", "k8s-n0", "--arg", "class", "local", "--arg", "folder", "/volumes", "--slurpfile", "volumes", volumes,
            "--from-file", Path.Combine(Apps, "local_volume_provisioner", "files", "volumes.jq"), claims);

        var volume = JsonDocument.Parse(made.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem()).RootElement;
        volume.GetProperty("metadata").GetProperty("name").GetString().ShouldBe("pvc-u-mine");
        volume.GetProperty("spec").GetProperty("local").GetProperty("path").GetString().ShouldBe("/volumes/pvc-u-mine");
        volume.GetProperty("spec").GetProperty("claimRef").GetProperty("uid").GetString().ShouldBe("u-mine");
        volume.GetProperty("spec").GetProperty("nodeAffinity").GetRawText().ShouldContain("\"values\":[\"k8s-n0\"]");
    }

    public void Dispose() => folder.Dispose();

    private static string Claim(string name, string storageClass, string node) => $$$$"""
        {"metadata":{"name":"{{{{name}}}}","namespace":"default","uid":"u-{{{{name}}}}","annotations":{"volume.kubernetes.io/selected-node":"{{{{node}}}}"}},
         "spec":{"storageClassName":"{{{{storageClass}}}}","accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"16Mi"}} }}
        """;

    private static async Task<string> JqAsync(params string[] arguments)
    {
        var result = await new CommandRunner().RunAsync(new CommandLine(Programs.Require("jq"), arguments));
        result.ExitCode.ShouldBe(0, result.StandardError);
        return result.StandardOutput;
    }
}
