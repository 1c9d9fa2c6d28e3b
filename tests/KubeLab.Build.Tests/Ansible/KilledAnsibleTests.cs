using System.Diagnostics;
using KubeLab.Diagnosis;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>Ansible ended from outside, as by a kernel that has run out of memory.</summary>
public class KilledAnsibleTests
{
    [Fact]
    public async Task I_am_told_at_once_that_Ansible_was_killed_and_nothing_of_it_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what Ansible has left behind is found in /proc");
        using var scene = new AnsibleScene();
        var ids = scene.Directory.File("ids");
        // The worker's parent is Ansible: the task's shell is the worker's grandchild.
        scene.Tasks($$"""
            - name: Hang
              ansible.builtin.shell: |
                p=$$; a=; while [ "$p" -gt 1 ]; do case "$(tr '\0' ' ' < /proc/$p/cmdline)" in *ansible-playbook*) a=$p ;; esac; p=$(cut -d ' ' -f 4 /proc/$p/stat); done
                echo "$$ $a" > '{{ids}}.new' && mv '{{ids}}.new' '{{ids}}'; exec sleep 600
            """);
        var run = scene.RunAsync(new() { Limit = "k8s-m0" });
        await Files.AppearsAsync(ids, TimeSpan.FromSeconds(60));
        var (task, ansible) = File.ReadAllText(ids).Trim().Split(' ') is [var first, var second] ? (first, second) : throw new InvalidOperationException();

        using (var process = Process.GetProcessById(int.Parse(ansible, System.Globalization.CultureInfo.InvariantCulture)))
            process.Kill();

        var error = await Should.ThrowAsync<UserError>(() => run.WaitAsync(TimeSpan.FromSeconds(30)));
        error.Message.ShouldContain("Ansible was killed");
        Explanation.ReadFrom(scene.Record.Directory).Single().Task.ShouldBe("Hang");
        Processes.IsRunning(task).ShouldBeFalse();
    }
}
