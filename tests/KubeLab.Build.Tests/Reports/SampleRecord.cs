using System.Globalization;
using System.Text.Json;
using KubeLab.Diagnosis;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

/// <summary>The record of a run, as the targets leave it, for the outputs to be made of.</summary>
internal sealed class SampleRecord : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly TemporaryDirectory directory = new();
    private readonly string name;
    private readonly int tasks;
    private readonly List<string> nodes;

    public SampleRecord(int nodes = 3, int tasks = 40, string name = "2026-01-02T03-04-05Z")
    {
        this.tasks = tasks;
        this.name = name;
        this.nodes = [.. Enumerable.Range(0, nodes).Select(index => $"k8s-{(index == 0 ? "m" : "n")}{index}")];
        System.IO.Directory.CreateDirectory(Directory);
    }

    public string Directory => directory.File($"artifacts/lab/runs/{name}");

    public string LastNode => nodes[^1];

    public RunReport Read() => RunReportReader.Read(Directory);

    public RunReport Render() => RecordRendering.Render(Directory, new SecretMask());

    public string File(string file) => Path.Combine(Directory, file);

    public SampleRecord Write(string file, string text)
    {
        System.IO.File.WriteAllText(File(file), text);
        return this;
    }

    /// <summary>A deployment that came to its end.</summary>
    public SampleRecord Succeeded() => Outcome(0, ("ValidateNodes", "succeeded", 4), ("InstallCluster", "succeeded", 71), ("SmokeTest", "succeeded", 12))
        .Preflight(FindingStatus.Passed).Smoke("passed").Events(null);

    /// <summary>A deployment whose playbook failed on the last node.</summary>
    public SampleRecord Failed() => Outcome(255, ("ValidateNodes", "succeeded", 4), ("InstallCluster", "failed", 71), ("SmokeTest", "not run", 0))
        .Preflight(FindingStatus.Warning).Events(tasks - 1)
        .Write(Explanation.FileName, RecordJson.Write(new[]
        {
            new Explanation
            {
                Signature = "sample", Title = "The kubelet does not start", Nodes = [LastNode], Task = "kubernetes/node : Start the kubelet", TaskFile = "roles/kubernetes/node/tasks/main.yml:12",
                Meaning = "Swap is on, and this kubelet refuses to run with swap.", Remedy = $"Switch swap off on {LastNode}: swapoff -a.",
                ResumeCommand = "./build.sh Deploy --resume", Links = ["https://kubernetes.io/docs/concepts/cluster-administration/swap-memory-management/"],
                Evidence = "failed to run Kubelet: running with swap on is not supported",
            },
        }));

    /// <summary>A deployment that the preflight stopped, as the last node has 512 MB.</summary>
    public SampleRecord TooSmall() => Outcome(255, ("ValidateNodes", "failed", 4), ("InstallCluster", "not run", 0)).Preflight(FindingStatus.Failed);

    public SampleRecord Outcome(int exitCode, params (string Name, string Status, double Seconds)[] targets)
    {
        var at = Start;
        var outcome = new RunOutcome
        {
            Cluster = "lab",
            RequestedTargets = "Deploy",
            Started = Start,
            Seconds = targets.Sum(target => target.Seconds),
            ExitCode = exitCode,
            ResumeCommand = exitCode == 0 ? null : "./build.sh Deploy --resume",
            Targets = [.. targets.Select(target => new TargetOutcome(target.Name, target.Status, target.Status == "not run" ? null : at, target.Seconds, target.Status == "failed" ? "UserError: it failed" : null))],
            Failures = [.. targets.Where(target => target.Status == "failed").Select(target => new TargetFailure(target.Name, "cluster.yml failed:\n  what it said", "All of it is in ansible.log"))],
            Versions = new RunVersions("0.1.0", "kubespray v2.31.0", "0123abcd", "2.14.18 (the system's)", "v1.33.1"),
            Nodes = [.. nodes.Select((node, index) => new RunNode(node, index == 0 ? ["control plane", "etcd"] : ["worker"], $"192.0.2.{index % 250}"))],
        };
        return Write("run.json", RecordJson.Write(outcome)).Write("commands.txt", "cd /srv/kubespray && ansible-playbook -i inventory.ini --become cluster.yml\n");
    }

    public SampleRecord Preflight(FindingStatus last) => Write("preflight.json", Written.Text(file => RecordJson.Write(file, new PreflightReport
    {
        Cluster = "lab",
        Distribution = "kubespray v2.31.0",
        Target = "ValidateNodes",
        StartedAt = Start,
        Duration = TimeSpan.FromSeconds(4),
        Nodes = nodes,
        Findings = [.. nodes.SelectMany(node => Findings(node, node == LastNode ? last : FindingStatus.Passed))],
    })));

    public SampleRecord Smoke(string status, string message = "all 3 nodes are Ready", string evidence = "NotReady") => Write("smoke.json", JsonSerializer.Serialize(new
    {
        version = 2,
        verdict = "ignored",
        exitCode = status == "passed" ? 0 : 2,
        started = Start,
        seconds = 12.5,
        server = "https://192.0.2.0:6443",
        kubectl = "/usr/bin/kubectl",
        tier = 1,
        rounds = 1,
        @namespace = (string?)null,
        couldNotRun = (string?)null,
        passed = 1,
        failed = 0,
        skipped = 1,
        checks = new[]
        {
            new
            {
                id = "nodes-ready", title = "Every node is Ready", tier = 0, area = "nodes", needs = "", status, message, seconds = 0.4,
                findings = status == "passed" ? [] : new[] { new { check = "nodes-ready", title = "Every node is Ready", status = "failed", node = LastNode, @object = $"node {LastNode}", message } },
                evidence = status == "passed" ? [] : new[] { new { title = $"kubectl describe node {LastNode}", text = evidence } },
            },
            new
            {
                id = "storage", title = "A volume can be claimed", tier = 1, area = "data", needs = "a storage class", status = "skipped", message = "there is no storage class", seconds = 0.1,
                findings = status == "" ? new[] { new { check = "", title = "", status = "", node = "", @object = "", message = "" } } : [], evidence = status == "" ? new[] { new { title = "", text = "" } } : [],
            },
        },
    }));

    /// <summary>A playbook of three plays; on the last node a task of it fails, if one is named.</summary>
    public SampleRecord Events(int? failedTask, string message = "swap is on")
    {
        using var file = new StreamWriter(File("events.jsonl"));
        var time = 1_767_323_045.0;
        for (var task = 0; task < tasks; task++)
        {
            if (task % Math.Max(1, tasks / 3) == 0)
                file.Write(Line("play_start", time, $"\"play\": \"Play {task}\""));
            var of = $"\"task\": \"role{task % 23} : Do the thing number {task}\", \"task_id\": \"id-{task}\", \"path\": \"/srv/kubespray/roles/role{task % 23}/tasks/main.yml:{task}\", \"role\": \"role{task % 23}\"";
            file.Write(Line("task_start", time, of));
            var longest = 0.0;
            for (var node = 0; node < nodes.Count; node++)
            {
                var seconds = 0.05 + ((task * 7 + node * 3) % 19 * 0.02) + (task % 31 == 0 ? 3 : 0);
                longest = Math.Max(longest, seconds);
                var isFailed = task == failedTask && node == nodes.Count - 1;
                var status = isFailed ? "failed" : (task + node) % 5 == 0 ? "skipped" : (task % 7 == 0) ? "changed" : "ok";
                var failure = isFailed ? $", \"failure\": {{\"msg\": {JsonSerializer.Serialize(message)}}}" : "";
                file.Write(Line("result", time + seconds, $"{of}, \"host\": {JsonSerializer.Serialize(nodes[node])}, \"status\": \"{status}\", \"seconds\": {seconds.ToString("0.###", CultureInfo.InvariantCulture)}{failure}"));
            }

            time += longest + 0.05;
        }

        var hosts = nodes.Select(node => $"{JsonSerializer.Serialize(node)}: {{\"ok\": {tasks}, \"changed\": 3, \"unreachable\": 0, \"failures\": {(failedTask is not null && node == LastNode ? 1 : 0)}, \"skipped\": 2, \"rescued\": 0, \"ignored\": 0}}");
        file.Write(Line("stats", time, $"\"hosts\": {{{string.Join(", ", hosts)}}}"));
        return this;
    }

    public void Dispose() => directory.Dispose();

    private static IEnumerable<Finding> Findings(string node, FindingStatus status)
    {
        yield return new Finding("memory", "memory", node, status == FindingStatus.Failed ? FindingStatus.Failed : FindingStatus.Passed, status == FindingStatus.Failed ? $"{node} has 512 MB of memory, 1024 MB are required" : "")
        {
            Observed = Measure.Of(status == FindingStatus.Failed ? 512 : 2048, "MB"),
            Required = Measure.Of(1024, "MB"),
            Source = "roles/kubernetes/preinstall/defaults/main.yml:19",
            Remedy = $"Give {node} at least 1024 MB.",
        };
        yield return new Finding("swap", "swap", node, status == FindingStatus.Warning ? FindingStatus.Warning : FindingStatus.Passed, status == FindingStatus.Warning ? "Swap is on" : "") { Remedy = "swapoff -a", Source = "inventory/lab/group_vars/all.yml:2" };
        yield return new Finding("selinux", "SELinux", node, FindingStatus.Skipped, "no SELinux here");
    }

    private static string Line(string kind, double time, string fields) =>
        $"{{\"event\": \"{kind}\", \"time\": {time.ToString("0.###", CultureInfo.InvariantCulture)}, {fields}}}\n";
}
