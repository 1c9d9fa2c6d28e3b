using System.Security.Cryptography;
using System.Text;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Records;
using KubeLab.Ssh;
using KubeLab.Tests.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Diagnosis;

/// <summary>
/// A download that failed with a withheld result, through the real Ansible: KubeLab finds out which file it was, and looks from the
/// node what is wrong with it.
/// </summary>
public class DownloadLookupTests : IDisposable
{
    private readonly SmallMirror mirror = new();
    private readonly AnsibleScene scene = new();

    [Fact]
    public async Task I_am_told_that_the_server_does_not_have_the_file()
    {
        var explanation = await FailAsync($"{mirror.Address}/kubelet", Digest("right"));

        explanation.Signature.ShouldBe("download-not-found", explanation.Evidence);
        explanation.Certainty.ShouldBe(Certainty.Looked);
        explanation.IsCensored.ShouldBeTrue();
        explanation.Evidence.ShouldContain($"kubelet: {mirror.Address}/kubelet to {Destination}");
        explanation.Evidence.ShouldContain("it answers 404");
        mirror.Requests.ShouldContain("HEAD /kubelet");
    }

    [Fact]
    public async Task I_am_told_that_the_server_has_another_file_than_the_release_wants()
    {
        mirror.Answer = _ => (200, "wrong");

        var explanation = await FailAsync($"{mirror.Address}/kubelet", Digest("right"));

        explanation.Signature.ShouldBe("download-checksum", explanation.Evidence);
        explanation.Certainty.ShouldBe(Certainty.Looked);
        explanation.Evidence.ShouldContain($"what it gives has sha256 {Digest("wrong")}");
        explanation.Evidence.ShouldContain($"wanted is sha256 {Digest("right")}");
        explanation.Evidence.ShouldContain($"{Destination} is not there");
    }

    [Fact]
    public async Task I_am_told_that_the_server_does_not_answer()
    {
        var explanation = await FailAsync($"http://127.0.0.1:{LoopbackSshd.FreePort()}/kubelet", Digest("right"));

        explanation.Title.ShouldNotContain("withheld");
        explanation.Certainty.ShouldBe(Certainty.Looked);
        explanation.Evidence.ShouldContain("Connection refused");
    }

    [Fact]
    public async Task I_am_told_that_the_node_cannot_resolve_the_servers_name()
    {
        var explanation = await FailAsync("http://mirror.invalid/kubelet", Digest("right"));

        explanation.Signature.ShouldBe("name-not-resolved", explanation.Evidence);
        explanation.Certainty.ShouldBe(Certainty.Looked);
    }

    [Fact]
    public async Task I_am_told_that_the_file_is_there_by_now()
    {
        // Ansible's own download finds no server; the file is there all the same, as after a second run.
        scene.Directory.Write("releases/kubelet", "right");

        var explanation = await FailAsync("http://mirror.invalid/kubelet", Digest("right"), asAnother: true);

        explanation.Title.ShouldBe("A download failed that works by now: kubelet");
        explanation.Certainty.ShouldBe(Certainty.Likely);
        explanation.Meaning.ShouldContain("the file is there, with the wanted checksum");
        explanation.Remedy.ShouldContain("no_log");
    }

    [Fact]
    public async Task I_am_told_what_the_proxy_says_that_the_node_asks()
    {
        mirror.Answer = _ => (407, "");

        var explanation = await FailAsync("http://mirror.invalid/kubelet", Digest("right"), proxy: $"http://user:pr0xy-s3cret@127.0.0.1:{mirror.Port}/");

        explanation.Evidence.ShouldContain($"through the proxy 127.0.0.1:{mirror.Port}");
        explanation.Evidence.ShouldContain("it answers 407");
        explanation.Title.ShouldNotContain("withheld");
        RecordJson.Write(explanation).ShouldNotContain("pr0xy-s3cret");
    }

    [Fact]
    public async Task Nothing_that_is_withheld_is_told_beyond_the_address_without_its_user()
    {
        var explanation = await FailAsync($"http://us3r:p@ss-w0rd@127.0.0.1:{mirror.Port}/kubelet", Digest("right"));

        explanation.Evidence.ShouldContain($"{mirror.Address}/kubelet");
        // ansible.log is Ansible's own, masked as it is written.
        foreach (var file in new[] { "events.jsonl", "explanations.json" })
            (await File.ReadAllTextAsync(scene.Record.File(file), TestContext.Current.CancellationToken)).ShouldNotContain("w0rd", Case.Sensitive, file);
    }

    [Fact]
    public async Task A_node_that_cannot_look_leaves_the_explanation_as_it_was()
    {
        var explanation = await FailAsync($"{mirror.Address}/kubelet", Digest("right"), interpreter: "/nowhere/python3");

        // The interpreter that the inventory names is not there, and any other does.
        explanation.Signature.ShouldBe("download-not-found", explanation.Evidence);
        DownloadLookup.Read("Welcome!\n").ShouldBeNull();
        DownloadLookup.Read("").ShouldBeNull();
        DownloadLookup.Read("{\"status\": \"many\"}").ShouldBeNull();
        DownloadLookup.Read("{\"status\": 4").ShouldBeNull();
        DownloadLookup.Read("Welcome!\n{\"status\": 404}\n")!.Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("", "HTTP Error 404")]
    [InlineData("http://127.0.0.1:1", "Failed to connect to 127.0.0.1")]
    public async Task A_node_whose_Python_cannot_look_looks_with_curl(string proxy, string said)
    {
        Programs.Require("curl");
        var node = Nodes.Node("k8s-n0", [], ("ansible_python_interpreter", "/bin/false"));
        var proxies = new Dictionary<string, string> { ["http_proxy"] = proxy, ["no_proxy"] = "" };
        var file = new DownloadedFile($"{mirror.Address}/kubelet", Destination, null, true, proxies);

        var result = await new CommandRunner().RunAsync(
            CommandLine.Of("/bin/sh", "-c", DownloadLookup.Script(node, file)), cancellationToken: TestContext.Current.CancellationToken);

        var found = new DownloadFindings("k8s-n0", "kubelet", file, DownloadLookup.Read(result.StandardOutput), null);
        found.Said.ShouldNotBeNull(result.StandardOutput + result.StandardError);
        found.Said.ShouldContain(said);
    }

    [Theory]
    [InlineData("""{"status": 200, "free": 1024, "length": 2048}""", "No space left on device")]
    [InlineData("""{"status": 200, "free": 4096, "inodes": 0}""", "No space left on device")]
    [InlineData("""{"status": 200, "writable": false, "folder": "/usr"}""", "Destination /usr is not writable")]
    [InlineData("""{"status": 503, "reason": "Service Unavailable", "free": 0}""", "HTTP Error 503: Service Unavailable")]
    [InlineData("""{"status": 200, "free": 4096, "served": null}""", null)]
    [InlineData("""{"status": 200, "free": 4096, "served": "0a1b"}""", null)]
    [InlineData("""{"error": "<urlopen error timed out>", "digest": "0a1b"}""", null)]
    public void What_was_found_is_said_as_get_url_says_it(string answer, string? said)
    {
        var file = new DownloadedFile("https://dl.example/x", "/tmp/x", "sha256:0a1b", true, new Dictionary<string, string>());

        var found = new DownloadFindings("k8s-n0", "kubelet", file, DownloadLookup.Read(answer), null);

        (found.Said ?? "").ShouldContain(said ?? "");
        (found.Said is null).ShouldBe(said is null);
    }

    [Fact]
    public async Task What_is_not_withheld_or_is_no_item_is_not_looked_at()
    {
        var lookup = new DownloadLookup(
            new DownloadResolver(scene.Commands, await scene.EnvironmentAsync()),
            new OpenSshShell(new SshOptions(scene.Cluster), scene.Commands), new NodeBecome(new BecomeSettings()));
        var run = new PlaybookFailure("cluster.yml", 2, [], [], [], await scene.NodesAsync());
        var failure = new Failure { Status = "failed", Nodes = ["k8s-m0"], Text = "", IncludeItem = "kubelet" };

        (await lookup.LookAsync(failure, run)).ShouldBeNull();
        (await lookup.LookAsync(failure with { IsCensored = true, IncludeItem = null }, run)).ShouldBeNull();
        (await lookup.LookAsync(failure with { IsCensored = true }, run)).ShouldBeNull();
    }

    public void Dispose()
    {
        mirror.Dispose();
        scene.Dispose();
    }

    private string Destination => scene.Directory.File("releases/kubelet");

    // The role of the release as far as it matters here: the include by item, and the task that keeps its result to itself.
    private async Task<Explanation> FailAsync(string url, string digest, string proxy = "", bool asAnother = false, string? interpreter = null)
    {
        scene.Directory.Write("distribution/roles/download/defaults/main.yml", $$$"""
            downloads:
              kubelet: {enabled: true, dest: '{{{Destination}}}', sha256: '{{{digest}}}', url: '{{ files_repo }}'}
            files_repo: '{{{url}}}'
            proxy_env: {http_proxy: '{{{proxy}}}', https_proxy: '{{{proxy}}}', no_proxy: ''}
            """);
        scene.Directory.Write("distribution/roles/download/tasks/main.yml", """
            - include_tasks: download_file.yml
              loop: "{{ downloads | dict2items }}"
              vars:
                download: "{{ item.value }}"
            """);
        scene.Directory.Write("distribution/roles/download/tasks/download_file.yml", $$$"""
            - name: download_file | Download item
              get_url:
                url: "{{ download.url }}"
                dest: "{{ download.dest }}{{{(asAnother ? ".other" : "")}}}"
                checksum: "sha256:{{ download.sha256 }}"
              environment: "{{ proxy_env }}"
              no_log: true
            """);
        Directory.CreateDirectory(scene.Directory.File("releases"));
        scene.Directory.Write("distribution/cluster.yml", "- hosts: k8s-m0\n  gather_facts: false\n  roles: [download]\n");
        if (interpreter is not null)
            scene.Directory.Write("cluster/host_vars/k8s-m0.yml", $"ansible_python_interpreter: \"{{{{ '/usr/bin/python3' if inventory_hostname == 'k8s-m0' else '{interpreter}' }}}}\"\n");
        await Should.ThrowAsync<UserError>(() => scene.RunAsync());
        return Explanation.ReadFrom(scene.Record.Directory)[0];
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
