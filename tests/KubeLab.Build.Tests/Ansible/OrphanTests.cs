using System.Diagnostics;
using KubeLab.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

public class OrphanTests
{
    [Fact]
    public async Task Ansible_does_not_outlive_the_process_that_started_it()
    {
        var program = Programs.Require(AnsibleFinder.Playbook);
        using var directory = new TemporaryDirectory();
        var task = directory.File("task");
        directory.Write("play.yml", $"- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.shell: echo $$ > '{task}'; exec sleep 600\n");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "\"$0\" play.yml > log 2>&1 & echo $! > pid; wait", program]) { WorkingDirectory = directory.Path };
        start.Environment["ANSIBLE_CALLBACK_PLUGINS"] = PlaybookRunner.CallbackDirectory;
        start.Environment["ANSIBLE_CALLBACKS_ENABLED"] = "kubelab_events";
        start.Environment["KUBELAB_EVENTS"] = directory.File("events.jsonl");
        using var parent = Process.Start(start)!;
        await Files.AppearsAsync(task, TimeSpan.FromSeconds(60));
        var ansible = File.ReadAllText(directory.File("pid")).Trim();
        Processes.IsRunning(ansible).ShouldBeTrue();

        parent.Kill();

        var started = TimeProvider.System.GetTimestamp();
        while (Processes.IsRunning(ansible) && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            await Task.Delay(100);
        Processes.IsRunning(ansible).ShouldBeFalse();
    }
}
