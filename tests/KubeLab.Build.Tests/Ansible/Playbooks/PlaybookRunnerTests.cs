using KubeLab.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

public class PlaybookRunnerTests
{
    [Fact]
    public async Task I_see_every_node_in_the_recap_of_a_playbook_that_succeeds()
    {
        using var scene = new AnsibleScene();
        scene.Tasks("- name: Say something\n  ansible.builtin.debug:\n    msg: here");

        var recap = await scene.RunAsync();

        recap.Hosts.Keys.Order(StringComparer.Ordinal).ShouldBe(["k8s-m0", "k8s-n0"]);
        File.ReadAllText(scene.Record.AnsibleLog).ShouldContain("PLAY RECAP");
        File.ReadAllText(scene.Record.File("commands.txt")).ShouldContain("ansible-playbook");
        PlaybookEvent.LastRunOf("cluster.yml", File.ReadLines(scene.Record.EventsFile))[0].IsPartial.ShouldBeFalse();
    }

    [Fact]
    public async Task I_can_watch_a_playbook_on_a_terminal_to_its_end()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("CI") is { Length: > 0 } || Environment.GetEnvironmentVariable("GITHUB_ACTIONS") == "true",
            "on CI a playbook is shown as plain lines");
        using var screen = new StringWriter();
        using var scene = new AnsibleScene { Console = Consoles.OnTerminal(screen) };
        scene.Tasks("- name: Say something\n  ansible.builtin.debug:\n    msg: here");

        var recap = await scene.RunAsync();

        recap.Hosts.Count.ShouldBe(2);
        screen.ToString().ShouldContain("1 tasks done");
    }

    [Fact]
    public async Task I_am_told_which_node_failed_in_which_task_of_which_file()
    {
        using var scene = new AnsibleScene();
        scene.Tasks("- name: Refuse\n  ansible.builtin.fail:\n    msg: too small\n  when: inventory_hostname == 'k8s-n0'");

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        error.Message.ShouldContain("k8s-n0");
        error.Message.ShouldContain("Refuse");
        error.Message.ShouldContain("cluster.yml:5");
        error.Message.ShouldContain("too small");
        error.Message.ShouldNotContain("k8s-m0: failed");
    }

    [Fact]
    public async Task I_take_rescued_and_ignored_failures_for_what_they_are()
    {
        using var scene = new AnsibleScene();
        scene.Tasks("""
            - name: Optional
              ansible.builtin.command: /bin/false
              ignore_errors: true
            - name: Guarded
              block:
                - name: Try
                  ansible.builtin.command: /bin/false
              rescue:
                - name: Mend
                  ansible.builtin.debug:
                    msg: mended
            """);

        var recap = await scene.RunAsync();

        recap.Hosts["k8s-n0"].Failed.ShouldBe(0);
    }

    [Fact]
    public async Task I_am_told_that_a_playbook_matched_no_host_although_Ansible_ends_with_0()
    {
        using var scene = new AnsibleScene();
        scene.Tasks("- name: Never\n  ansible.builtin.debug:\n    msg: never", hosts: "no_such_group");

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        error.Message.ShouldContain("no host");
    }

    [Fact]
    public async Task I_am_told_which_node_a_playbook_left_out_although_Ansible_ends_with_0()
    {
        using var scene = new AnsibleScene();
        scene.Tasks("- name: Say something\n  ansible.builtin.debug:\n    msg: here", hosts: "kube_control_plane");

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        error.Message.ShouldContain("k8s-n0: the playbook never ran on it");
    }

    [Fact]
    public async Task I_am_told_which_node_is_unreachable()
    {
        Programs.Require("ssh");
        using var scene = new AnsibleScene(AnsibleScene.Inventory.Replace(
            "k8s-n0 ansible_connection=local", $"k8s-n0 ansible_host=127.0.0.1 ansible_port={LoopbackSshd.FreePort()}", StringComparison.Ordinal));
        scene.Tasks("- name: Ask\n  ansible.builtin.ping:");

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        error.Message.ShouldContain("k8s-n0: unreachable");
        error.Message.ShouldContain("Connection refused");
    }

    [Fact]
    public async Task I_am_told_that_a_playbook_cannot_be_read()
    {
        using var scene = new AnsibleScene();
        scene.Directory.Write("distribution/cluster.yml", "- hosts: all\n  tasks: [\n");

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        error.Message.ShouldContain("cluster.yml failed");
        error.Message.ShouldContain(scene.Record.AnsibleLog);
    }

    [Fact]
    public async Task I_am_told_that_a_playbook_hangs_and_nothing_of_it_goes_on()
    {
        using var scene = new AnsibleScene();
        var pid = scene.Directory.File("pid");
        scene.Tasks($"- name: Hang\n  ansible.builtin.shell: echo $$ > '{pid}'; exec sleep 600");

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync(new PlaybookOptions { Limit = "k8s-m0", Timeout = TimeSpan.FromSeconds(8) }));

        error.Message.ShouldContain("No end after 8 s");
        error.Message.ShouldContain("ansible-playbook");
        Processes.IsRunning(File.ReadAllText(pid).Trim()).ShouldBeFalse();
    }

    [Fact]
    public async Task I_can_interrupt_a_playbook_and_the_record_holds_what_was_done_until_then()
    {
        using var scene = new AnsibleScene();
        using var interruption = new CancellationTokenSource();
        var pid = scene.Directory.File("pid");
        scene.Tasks($"- name: First\n  ansible.builtin.debug:\n    msg: done\n- name: Hang\n  ansible.builtin.shell: echo $$ > '{pid}'; exec sleep 600");
        var run = scene.RunAsync(new PlaybookOptions { Limit = "k8s-m0" }, interruption.Token);
        await Files.AppearsAsync(pid, TimeSpan.FromSeconds(60));

        await interruption.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await run);
        File.ReadAllText(scene.Record.EventsFile).ShouldContain("First");
        Processes.IsRunning(File.ReadAllText(pid).Trim()).ShouldBeFalse();
    }

    [Fact]
    public async Task I_am_told_that_the_record_cannot_be_written_on_a_full_disk()
    {
        Programs.Require("mknod");
        Assert.SkipUnless(Environment.UserName == "root", "a device that is always full is made, which root alone may");
        using var scene = new AnsibleScene();
        scene.Tasks("- name: Say something\n  ansible.builtin.debug:\n    msg: here");
        Directory.CreateDirectory(Path.GetDirectoryName(scene.Record.AnsibleLog)!);
        (await new CommandRunner().RunAsync(CommandLine.Of("mknod", scene.Record.AnsibleLog, "c", "1", "7"))).Succeeded.ShouldBeTrue();

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        error.Message.ShouldContain(scene.Record.AnsibleLog);
        error.Message.ShouldContain("No space left");
    }

    [Fact]
    public async Task I_am_told_at_the_end_that_the_disk_became_full_while_the_playbook_went_on()
    {
        Programs.Require("mount");
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "a small file system is mounted, which root alone may");
        using var scene = new AnsibleScene();
        using var small = new SmallFileSystem(Path.GetDirectoryName(scene.Record.AnsibleLog)!);
        var marker = scene.Directory.File("went on");
        scene.Tasks($"- name: Say much\n  ansible.builtin.debug:\n    msg: \"{{{{ 'x' * 200000 }}}}\"\n- name: Go on\n  ansible.builtin.copy:\n    content: yes\n    dest: '{marker}'");

        var error = await Should.ThrowAsync<UserError>(() => scene.RunAsync());

        error.Message.ShouldContain("No space left");
        File.Exists(marker).ShouldBeTrue();
    }
}
