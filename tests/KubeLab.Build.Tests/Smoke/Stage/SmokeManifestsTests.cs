using KubeLab.Kubernetes;
using KubeLab.Smoke;
using KubeLab.Tests.Machines;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Tests.Smoke;

public class SmokeManifestsTests
{
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["namespace"] = "kubelab-smoke-abcdef",
        ["token"] = "w2ahf6h7vykd",
        ["image"] = "busybox:1.36",
        ["replicas"] = "3",
        ["node"] = "k8s-n0",
        ["batch"] = "batch/v1",
        ["url"] = "http://10.233.0.9:8080/name",
        ["port"] = "5300",
        ["target"] = "53",
        ["addresses"] = """[{"ip":"10.233.64.5"}]""",
        ["owner"] = "me@here",
        ["host"] = "here pid:[4026531836]",
        ["process"] = "1 since 2026-11-22T18:00:00Z",
        ["expires"] = "2026-11-22T18:05:00Z",
    };

    public static TheoryData<string> Manifests => [.. Resource.Names("Smoke/manifests/").Select(name => Path.GetFileNameWithoutExtension(name))];

    [Fact]
    public void I_find_the_manifests_that_checks_name()
    {
        var named = CheckCatalog.All<ISmokeCheck>().OfType<IStagedCheck>().SelectMany(check => check.Manifests).Distinct(StringComparer.Ordinal).ToList();

        named.ShouldNotBeEmpty();
        named.ShouldAllBe(name => Resource.Names($"Smoke/manifests/{name}.yaml").Any());
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void I_get_objects_of_the_tests_own_namespace_alone(string name)
    {
        foreach (var document in Parse(name))
        {
            var isNamespace = Text(document, "kind") == "Namespace";
            Text((YamlMappingNode)document["metadata"], isNamespace ? "name" : "namespace").ShouldBe("kubelab-smoke-abcdef");
            if (isNamespace)
                Text((YamlMappingNode)document["metadata"]["labels"], "kubelab.dev/smoke").ShouldBe("true");
        }
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void I_get_pods_that_the_restricted_pod_security_standard_admits(string name)
    {
        // The one that has to be refused.
        foreach (var pod in Parse(name).SelectMany(PodSpecs).Where(_ => name != "privileged"))
        {
            Text((YamlMappingNode)pod["securityContext"], "runAsNonRoot").ShouldBe("true");
            pod["securityContext"]["seccompProfile"]["type"].ToString().ShouldBe("RuntimeDefault");
            pod.Children.ContainsKey("hostNetwork").ShouldBeFalse();
            foreach (var container in (YamlSequenceNode)pod["containers"])
            {
                container["securityContext"]["allowPrivilegeEscalation"].ToString().ShouldBe("false");
                container["securityContext"]["capabilities"]["drop"][0].ToString().ShouldBe("ALL");
                container["imagePullPolicy"].ToString().ShouldBe(name == ImagePullCheck.Part ? "Always" : "IfNotPresent");
                container["image"].ToString().ShouldBe("busybox:1.36");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void I_get_scripts_that_a_POSIX_shell_reads(string name)
    {
        foreach (var container in Parse(name).SelectMany(PodSpecs).SelectMany(pod => (YamlSequenceNode)pod["containers"]))
            ShouldBeShell(container["command"][2].ToString());
    }

    [Fact]
    public void I_get_agents_scripts_that_a_POSIX_shell_reads()
    {
        var scene = Scenes.Scene() with { Dns = Scenes.Scene().Services["web"], ExternalName = "a name; with 'quotes'" };
        var checks = CheckCatalog.All<ISmokeCheck>().OfType<IAgentCheck>().ToList();

        foreach (var agent in scene.Agents)
            ShouldBeShell(AgentReport.Script(checks, scene, agent));
    }

    [Fact]
    public async Task I_get_each_line_of_a_script_back_under_its_check()
    {
        Programs.Require("sh");
        var scene = Scenes.Scene([Scenes.Agents[0]]);
        var script = AgentReport.Script([new Printing("first", "echo one; echo two"), new Printing("second", "echo 'a|b'; exit 3")], scene, scene.Agents[0]);
        var result = await new KubeLab.Commands.CommandRunner().RunAsync(KubeLab.Commands.CommandLine.Of("sh", "-c", script));

        var report = AgentReport.Read(scene.Agents[0], new KubectlResult("", result.ExitCode, result.StandardOutput, "", TimeSpan.Zero));

        report.Problem.ShouldBeNull();
        report.Lines["first"].ShouldBe(["one", "two"]);
        report.Lines["second"].ShouldBe(["a|b"]);
    }

    [Fact]
    public void I_am_told_of_a_value_that_is_missing() =>
        Should.Throw<InvalidOperationException>(() => SmokeManifests.Render(["web"], new Dictionary<string, string>(StringComparer.Ordinal)))
            .Message.ShouldContain("web.yaml: there is no value for ${");

    private static void ShouldBeShell(string script)
    {
        var shell = Programs.Require("sh");
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(shell, ["-n", "-c", script]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{error}\n{script}");
    }

    private static IEnumerable<YamlMappingNode> Parse(string name)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(SmokeManifests.Render([name], Values)));
        return stream.Documents.Select(document => (YamlMappingNode)document.RootNode);
    }

    private static IEnumerable<YamlMappingNode> PodSpecs(YamlMappingNode document) => Text(document, "kind") switch
    {
        "Pod" => [(YamlMappingNode)document["spec"]],
        "DaemonSet" or "Deployment" => [(YamlMappingNode)document["spec"]["template"]["spec"]],
        _ => [],
    };

    private static string Text(YamlMappingNode node, string key) => node[key].ToString();

    private sealed class Printing(string id, string script) : IAgentCheck
    {
        public string Id => id;

        public string Title => "";

        public int Tier => 1;

        public SmokeArea Area => SmokeArea.Network;

        public IReadOnlyList<string> Manifests => [];

        public string Script(NamespaceSnapshot scene, SmokeAgent self) => script;

        public Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
