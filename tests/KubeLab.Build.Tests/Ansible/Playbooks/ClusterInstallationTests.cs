using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

public class ClusterInstallationTests
{
    private const string FailsOnOne = """
        - name: Fail on the worker
          ansible.builtin.command: "{{ 'false' if inventory_hostname == 'k8s-n0' else 'true' }}"
          changed_when: false
        - name: Go on
          ansible.builtin.debug:
            msg: here
        """;

    [Fact]
    public async Task I_can_retry_the_nodes_that_failed_alone()
    {
        using var scene = new AnsibleScene();
        scene.Tasks(FailsOnOne);
        await Should.ThrowAsync<UserError>(() => scene.RunAsync());
        scene.Tasks("- name: Succeed\n  ansible.builtin.debug:\n    msg: here");
        scene.Directory.Write("distribution/facts.yml", "- hosts: all\n  gather_facts: false\n  tasks:\n    - ansible.builtin.debug:\n        msg: facts\n");

        await (await scene.InstallationAsync()).RunAsync(new PlaybookOptions(), retryFailed: true);

        var last = PlaybookEvent.LastRunOf("cluster.yml", File.ReadLines(scene.Record.EventsFile));
        PlayRecap.From(last)!.Hosts.Keys.ShouldBe(["k8s-n0"]);
        var facts = PlaybookEvent.LastRunOf("facts.yml", File.ReadLines(scene.Record.EventsFile));
        PlayRecap.From(facts)!.Hosts.Keys.Order().ShouldBe(["k8s-m0", "k8s-n0"]);
    }

    [Fact]
    public async Task I_repeat_everything_when_the_failure_stopped_all_nodes()
    {
        using var scene = new AnsibleScene();
        scene.Tasks($"- name: Fail for all\n  any_errors_fatal: true\n{FailsOnOne[(FailsOnOne.IndexOf('\n') + 1)..]}");
        await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        FailedNodes.OfLastRun(scene.Cluster, "cluster.yml")!.StoppedAll.ShouldBeTrue();
    }

    [Fact]
    public async Task I_can_begin_at_a_task()
    {
        using var scene = new AnsibleScene();
        scene.Tasks(FailsOnOne);

        var recap = await scene.RunAsync(new PlaybookOptions { StartAtTask = "Go on" });

        recap.Hosts.Values.ShouldAllBe(host => host.Ok == 1 && host.Failed == 0);
        PlaybookEvent.LastRunOf("cluster.yml", File.ReadLines(scene.Record.EventsFile))[0].IsPartial.ShouldBeTrue();
    }

    [Fact]
    public async Task I_see_what_would_be_run_without_running_it()
    {
        using var scene = new AnsibleScene();
        scene.Tasks(FailsOnOne);

        var listing = await (await scene.InstallationAsync()).ListAsync(new PlaybookOptions { Limit = "k8s-n0" }, retryFailed: false);

        listing.Hosts.ShouldBe(["k8s-n0"]);
        listing.TasksByRole["-"].ShouldBe(2);
        listing.Command.ToString().ShouldContain("--limit=k8s-n0");
        File.Exists(scene.Record.EventsFile).ShouldBeFalse();
    }
}
