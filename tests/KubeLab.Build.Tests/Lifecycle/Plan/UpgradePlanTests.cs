using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Lifecycle;
using KubeLab.Tests.Distributions;
using KubeLab.Tests.Machines;
using KubeLab.Tests.Preflight;

namespace KubeLab.Tests.Lifecycle;

/// <summary>A plan over the tags of a real git repository, for an inventory that uses what they lose on the way.</summary>
public sealed class UpgradePlanTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly CommandRunner commands = new();

    [Fact]
    public async Task I_see_what_of_my_inventory_each_step_touches_with_file_and_line()
    {
        await RepositoryAsync();
        using var cluster = Cluster(("kube_network_plugin", "weave"), ("kube_version", "1.32.8"));

        var plan = await PlanAsync(cluster, Silent());

        (plan.From, plan.To).ShouldBe(("v2.28.1, Kubernetes 1.32.8", "v2.30.0, Kubernetes 1.34.3"));
        plan.Steps.Select(step => step.Summary).ShouldBe([
            "Kubespray v2.29.1, Kubernetes 1.33.7, Ansible 2.17 (ansible 10.7.0), Python 3.10 - 3.12",
            "Kubespray v2.30.0, Kubernetes 1.34.3, Ansible 2.17 (ansible 10.7.0), Python 3.10 - 3.12",
        ]);
        plan.Steps[0].Command.ShouldBe("go to v2.29.1 1.33.7");
        var first = plan.Steps[0].Findings.Select(finding => finding.Message).ToList();
        first.ShouldContain("inventory/group_vars/all.yml:2: nothing in v2.29.1 reads some_settings any more. Did it become some_setting?");
        first.ShouldContain(message => message.Contains("kube_network_plugin is weave, and v2.29.1 only takes calico, flannel (roles/validate_inventory/tasks/main.yml:"));
        first.Count(message => !message.StartsWith("since v2.29", StringComparison.Ordinal)).ShouldBe(2);
        first.ShouldContain("since v2.29, the nodes' names are taken out of /etc/hosts, and no longer written there (kubespray#12382).");
        plan.Steps[1].Findings.Select(finding => finding.Message).ShouldBe([
            "inventory/group_vars/all.yml:3: dashboard_enabled is on, and v2.30.0 no longer has it: what it has made stays as it is, and nobody looks after it.",
            "inventory/group_vars/all.yml:4: v2.30.0 has no checksum of helm_version 3.9.1.",
        ]);
        plan.Findings.ShouldContain(finding => finding.Check == "plan-kube-version" && finding.Message.Contains("inventory/group_vars/all.yml:5"));
        plan.Findings.Count(finding => finding.Status == FindingStatus.Skipped).ShouldBe(2);
    }

    [Fact]
    public async Task I_see_what_of_the_living_cluster_each_step_touches()
    {
        await RepositoryAsync();
        using var cluster = Cluster();
        var since = new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero);

        var plan = await PlanAsync(cluster, new LivingCluster
        {
            Running = new Dictionary<string, Version> { ["the API server"] = new(1, 32, 8) },
            Systems = new Dictionary<string, string> { ["k8s-m0"] = "Ubuntu 20.04.6 LTS", ["k8s-n0"] = "Ubuntu 24.04.1 LTS" },
            Workloads = [new("deployment", "kubernetes-dashboard", "kube-system"), new("deployment", "shop", "default")],
            Requests = [new("k8s-m0", since, [new("flowcontrol/v1beta3", "flowschemas", new(1, 34)), new("v1", "componentstatuses", null)])],
        });

        plan.Steps[0].Findings.ShouldContain(finding => finding.Message == "k8s-m0: Ubuntu 20.04.6 LTS is none of those that v2.29.1 lists: 22.04, 24.04 (README.md:3).");
        var last = plan.Steps[1].Findings.Select(finding => finding.Message).ToList();
        last.ShouldContain(message => message.StartsWith("The cluster runs deployment kube-system/kubernetes-dashboard, which v2.30.0 no longer makes"));
        last.ShouldContain("flowschemas of flowcontrol/v1beta3 are asked for (k8s-m0 counts since 2026-11-01 10:00 UTC), and Kubernetes 1.34 no longer has them.");
        plan.All.ShouldAllBe(finding => !finding.Message.Contains("shop") && !finding.Message.Contains("24.04.1"));
        plan.All.Where(finding => finding.Status >= FindingStatus.Warning).ShouldAllBe(finding => finding.Remedy != null);
    }

    [Theory]
    [InlineData("upgrade-cluster.yml", 80)]
    [InlineData("cluster.yml", 80)]
    [InlineData("scale.yml", null)]
    public async Task I_see_how_long_the_steps_take_by_an_earlier_run(string playbook, int? seconds)
    {
        await RepositoryAsync();
        using var cluster = Cluster();
        var run = Path.Combine(cluster.Cluster().RunsDirectory, "2026-11-01T10-00-00Z");
        Directory.CreateDirectory(run);
        await File.WriteAllLinesAsync(Path.Combine(run, "events.jsonl"),
        [
            $$"""{"event": "playbook_start", "time": 100, "playbook": "{{playbook}}"}""",
            """{"event": "task_start", "time": 110, "task": "one"}""",
            """{"event": "stats", "time": 140, "hosts": {"k8s-m0": {"ok": 1, "changed": 0, "failed": 0, "unreachable": 0, "skipped": 0, "rescued": 0, "ignored": 0}}}""",
        ]);

        (await PlanAsync(cluster, Silent())).Duration.ShouldBe(seconds is { } known ? TimeSpan.FromSeconds(known) : null);
    }

    [Fact]
    public async Task I_get_a_checklist_and_JSON_that_is_read_again()
    {
        await RepositoryAsync();
        using var cluster = Cluster();

        var plan = await PlanAsync(cluster, Silent());

        var list = plan.Checklist();
        list.ShouldContain("### Step 2 of 2: Kubespray v2.30.0, Kubernetes 1.34.3");
        list.ShouldContain("- [ ] Go:\n\n  ```sh\n  go to v2.30.0 1.34.3\n  ```\n");
        RecordJson.Write(UpgradePlan.Read(System.Text.Encoding.UTF8.GetBytes(RecordJson.Write(plan)))).ShouldBe(RecordJson.Write(plan));
    }

    [Fact]
    public async Task I_am_told_that_nothing_is_to_be_done()
    {
        await RepositoryAsync();
        using var cluster = Cluster();

        var plan = await PlanAsync(cluster, Silent(), to: "v2.28.1");

        plan.Steps.ShouldBeEmpty();
        plan.To.ShouldBe("v2.28.1, Kubernetes 1.32.8");
    }

    [Fact]
    public async Task I_am_told_of_an_upgrade_that_stopped_half_way()
    {
        await RepositoryAsync();
        using var cluster = Cluster();

        var plan = await PlanAsync(cluster, Silent() with
        { Running = new Dictionary<string, Version> { ["the API server"] = new(1, 32, 8), ["the kubelet of k8s-n0"] = new(1, 31, 9) } });

        plan.Findings.ShouldContain(finding => finding.Message.StartsWith("The nodes run 1.31.9, 1.32.8"));
        plan.Steps[0].Summary.ShouldStartWith("Kubespray v2.28.1, Kubernetes 1.32.8");
    }

    [Theory]
    [InlineData("Debian GNU/Linux 12 (bookworm)", true)]
    [InlineData("Debian GNU/Linux 10 (buster)", false)]
    [InlineData("Rocky Linux 9.3 (Blue Onyx)", true)]
    [InlineData("Red Hat Enterprise Linux 8.9 (Ootpa)", false)]
    [InlineData("AlmaLinux 10.0 (Purple Lion)", true)]
    [InlineData("openSUSE Leap 15.6", true)]
    [InlineData("Flatcar Container Linux by Kinvolk 3815.2.0 (Oklo)", true)]
    [InlineData("Some Linux 1", null)]
    [InlineData("", null)]
    public void I_see_whether_a_release_lists_a_system(string system, bool? isListed)
    {
        directory.Write("tree/README.md", """
            ## Supported Linux Distributions

            - **Flatcar Container Linux by Kinvolk**
            - **Debian** [Bookworm](docs/a(b).md), Bullseye, Trixie
            - **CentOS Stream / RHEL** [9, 10](docs/rhel.md#rhel-8)
            - **openSUSE** Leap 15.x/Tumbleweed
            - **Alma Linux** 9, 10
            - **Rocky Linux** 9, 10 (experimental in 10: see [Rocky Linux 8 notes](docs/rhel.md))

            ## Supported Components

            - **Some** 1
            """);

        var says = SupportedSystems.Read(directory.File("tree")).Says(system);

        (says is { } said ? said.IsListed : (bool?)null).ShouldBe(isListed);
    }

    public void Dispose() => directory.Dispose();

    private static LivingCluster Silent() => LivingCluster.Silent("nobody was asked", "Ask it.");

    private SampleCluster Cluster(params (string, object)[] variables) => new SampleCluster().On(directory.File("repository"))
        .Node("k8s-m0", "ce", null, variables).Node("k8s-n0", "w", null)
        .Inventory("group_vars/all.yml", "---\nsome_settings: 1\ndashboard_enabled: true\nhelm_version: 3.9.1\nkube_version: 1.32.8\n");

    private async Task<UpgradePlan> PlanAsync(SampleCluster cluster, LivingCluster living, string? to = null)
    {
        await GitAsync("checkout", "--quiet", "v2.28.1");
        var log = Consoles.Silent();
        var trees = new ReleaseTrees(
            new DistributionFetcher(commands, log, directory.File("cache")), new OfferedVersions(commands, log, directory.File("cache")),
            new KubespraySettings { Url = directory.File("repository"), Version = "v2.28.1" });
        var planning = new UpgradePlanning(cluster.Scene().Deployment, trees, (_, _) => throw new InvalidOperationException("no template is there"));
        return await planning.MakeAsync(Task.FromResult(living), to, null, leg => $"go to {leg.Tag} {leg.To}");
    }

    // v2.29.1 renames a variable, takes a network plugin and an old system off its lists; v2.30.0 drops a feature and a version.
    private async Task RepositoryAsync()
    {
        Directory.CreateDirectory(directory.File("repository"));
        await GitAsync("init", "--quiet");
        await CommitAsync("v2.28.1", "some_settings", "'calico', 'flannel', 'weave'", "20.04, 22.04, 24.04", isLast: false);
        await CommitAsync("v2.29.1", "some_setting", "'calico', 'flannel'", "22.04, 24.04", isLast: false);
        await CommitAsync("v2.30.0", "some_setting", "'calico', 'flannel'", "22.04, 24.04", isLast: true);
    }

    private async Task CommitAsync(string tag, string name, string plugins, string systems, bool isLast)
    {
        KubesprayTree.Write(directory, KubesprayRelease.All.Single(release => release.Tag == tag), "repository/");
        directory.Write("repository/roles/one/defaults/main.yml", $"---\n{name}: 1\nhelm_version: 3.9.1\nkube_network_plugin: calico\n{(isLast ? "" : "dashboard_enabled: false\n")}");
        directory.Write("repository/roles/validate_inventory/tasks/main.yml", $"---\n- name: Stop\n  assert:\n    that: kube_network_plugin in [{plugins}]\n");
        directory.Write("repository/roles/one/templates/apps.yml.j2", isLast ? "metadata:\n  name: nothing\n" : "metadata:\n  name: kubernetes-dashboard\n");
        directory.Write("repository/roles/kubespray_defaults/defaults/main/download.yml", "---\nhelm_archive_checksum: \"{{ helm_archive_checksums[image_arch][helm_version] }}\"\n");
        File.AppendAllText(directory.File("repository/roles/kubespray_defaults/vars/main/checksums.yml"), $"helm_archive_checksums:\n  amd64:\n    3.18.4: 0123\n{(isLast ? "" : "    3.9.1: 0123\n")}");
        directory.Write("repository/README.md", $"## Supported Linux Distributions\n\n- **Ubuntu** {systems}\n");
        await GitAsync("add", "--all");
        await GitAsync("-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", tag);
        await GitAsync("tag", tag);
    }

    private async Task GitAsync(params string[] arguments) =>
        (await commands.RunAsync(new CommandLine("git", ["-C", directory.File("repository"), .. arguments]))).EnsureSucceeded("git", "");
}
