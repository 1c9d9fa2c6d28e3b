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

    [Fact]
    public async Task Ansible_begins_nothing_for_a_process_that_ended_before_it_was_there()
    {
        var program = Programs.Require(AnsibleFinder.Playbook);
        using var directory = new TemporaryDirectory();
        directory.Write("play.yml", $"- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.file: {{ path: '{directory.File("begun")}', state: touch }}\n");
        var events = directory.File("events");
        (await new CommandRunner().RunAsync(CommandLine.Of("mkfifo", events))).Succeeded.ShouldBeTrue();
        var run = new CommandLine(program, ["play.yml"])
        {
            WorkingDirectory = directory.Path,
            Environment = new Dictionary<string, string?> { ["ANSIBLE_CALLBACK_PLUGINS"] = PlaybookRunner.CallbackDirectory, ["ANSIBLE_CALLBACKS_ENABLED"] = "kubelab_events", ["KUBELAB_EVENTS"] = events },
        };

        var result = await new CommandRunner().RunAsync(run);

        result.ExitCode.ShouldNotBe(0);
        (result.StandardOutput + result.StandardError).ShouldContain("nobody reads its events");
        File.Exists(directory.File("begun")).ShouldBeFalse();
    }
}
