using System.IO.Compression;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>An accelerator is used where it is asked for and works, and is never silently left out.</summary>
public class AcceleratorTests : IDisposable
{
    // The strategy of Ansible itself, by another name, that says that it ran.
    private const string Strategy = """
        import os
        from ansible.plugins.strategy.linear import StrategyModule as Linear

        class StrategyModule(Linear):
            def run(self, *arguments):
                with open(os.path.join(os.path.dirname(os.path.realpath(__file__)), "ran"), "a") as ran:
                    ran.write("x")
                return super().run(*arguments)

        """;

    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task Without_being_asked_for_there_is_none() =>
        (await EnsureAsync(new AnsibleSettings())).ShouldBeNull();

    [Fact]
    public async Task I_can_name_a_checkout()
    {
        var said = new StringWriter();

        var accelerator = await EnsureAsync(Settings(Checkout()), said: said);

        accelerator!.Version.ShouldBe("0.3.51");
        accelerator.Environment["ANSIBLE_STRATEGY"].ShouldBe("mitogen_linear");
        Directory.GetFileSystemEntries(accelerator.Directory).Select(Path.GetFileName).ShouldBe(["mitogen", "ansible_mitogen"], ignoreOrder: true);
        accelerator.Environment["PYTHONPATH"]!.Split(':')[0].ShouldBe(accelerator.Directory);
        File.ReadAllText(directory.File("checkout/ansible_mitogen/plugins/strategy/ran")).ShouldBe("x");
        said.ToString().ShouldNotContain("deprecated");
    }

    [Fact]
    public async Task I_can_name_a_wheel_and_it_is_unpacked_once()
    {
        ZipFile.CreateFromDirectory(Checkout(), directory.File("mitogen-0.3.51-py2.py3-none-any.whl"));

        var first = await EnsureAsync(Settings(directory.File("mitogen-0.3.51-py2.py3-none-any.whl")));
        var second = await EnsureAsync(Settings(directory.File("mitogen-0.3.51-py2.py3-none-any.whl")));

        second.ShouldBe(first);
        Directory.GetDirectories(directory.File("cache/mitogen"), "wheel-*").Length.ShouldBe(1);
    }

    [Fact]
    public async Task I_am_warned_where_Ansible_is_about_to_drop_such_strategies()
    {
        var said = new StringWriter();

        await EnsureAsync(Settings(Checkout()), new Version(2, 19, 1), said);

        string.Join(" ", said.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ShouldContain("deprecated from ansible-core 2.19 on");
    }

    [Fact]
    public async Task One_that_this_Ansible_cannot_load_stops_the_run()
    {
        var checkout = Checkout("raise Exception('Your Ansible version is too recent')\n");

        var error = await Should.ThrowAsync<UserError>(() => EnsureAsync(Settings(checkout)));

        error.Problem.ShouldContain($"can't run a task with Mitogen 0.3.51 of {checkout}: ");
        error.Remedy!.ShouldContain("or leave ansible.accelerator out");
    }

    [Fact]
    public async Task What_is_no_accelerator_is_refused()
    {
        directory.Write("empty/README.md", "");
        directory.Write("broken.whl", "not a wheel");
        ZipFile.CreateFromDirectory(directory.File("empty"), directory.File("other.whl"));

        (await Should.ThrowAsync<UserError>(() => EnsureAsync(Settings(directory.File("empty"))))).Problem.ShouldContain("is neither a checkout nor a wheel of Mitogen");
        (await Should.ThrowAsync<UserError>(() => EnsureAsync(Settings(directory.File("other.whl"))))).Problem.ShouldContain("is neither a checkout nor a wheel of Mitogen");
        (await Should.ThrowAsync<UserError>(() => EnsureAsync(Settings(directory.File("broken.whl"))))).Problem.ShouldContain("broken.whl can't be unpacked");
        Directory.GetDirectories(directory.File("cache/mitogen")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Every_task_ends_as_it_does_without_it()
    {
        Assert.SkipUnless(Accelerator.IsIn("/usr/lib/python3/dist-packages"), "Debian's ansible-mitogen isn't installed here");
        await using var sshd = await LoopbackSshd.StartAsync();
        var plain = await ResultsAsync(sshd, new AnsibleSettings());

        var accelerated = await ResultsAsync(sshd, new AnsibleSettings { Accelerator = "mitogen" });

        accelerated.ShouldBe(plain);
        plain.Count.ShouldBe(2 * 11);
        plain.Select(result => result.Split(' ')[0]).Distinct().ShouldBe(["ok", "changed", "skipped", "failed"], ignoreOrder: true);
    }

    public void Dispose() => directory.Dispose();

    private static AnsibleSettings Settings(string path) => new() { Accelerator = "mitogen", AcceleratorPath = path };

    private string Checkout(string strategy = Strategy)
    {
        directory.Write("checkout/mitogen/__init__.py", "# Mitogen\n__version__ = (0, 3, 51)\n");
        directory.Write("checkout/ansible_mitogen/__init__.py", "");
        directory.Write("checkout/ansible_mitogen/plugins/strategy/mitogen_linear.py", strategy);
        directory.Write("checkout/tests/secrets.py", "");
        return directory.File("checkout");
    }

    private async Task<Accelerator?> EnsureAsync(AnsibleSettings settings, Version? version = null, StringWriter? said = null)
    {
        var toolchain = await RealAnsible.ToolchainAsync();
        return await new AcceleratorFinder(new CommandRunner(), Consoles.Into(said ?? TextWriter.Null), directory.File("cache"))
            .EnsureAsync(version is null ? toolchain : toolchain with { Version = version }, settings);
    }

    // How each task ended on each node, and what it said of a failure: nothing of time.
    private async Task<IReadOnlyList<string>> ResultsAsync(LoopbackSshd sshd, AnsibleSettings settings)
    {
        using var scene = new AnsibleScene(
            $"""
            [kube_control_plane]
            k8s-m0 ansible_host=127.0.0.1 ansible_port={sshd.Port} ansible_user=root
            [etcd:children]
            kube_control_plane
            [kube_node]
            k8s-n0 ansible_host=127.0.0.1 ansible_port={sshd.Port} ansible_user=root
            """,
            sshd.Cluster().Settings with { Ansible = settings })
        { Accelerator = await EnsureAsync(settings) };
        new SshOptions(scene.Cluster).PrepareControlDirectory();
        scene.Directory.Write("distribution/templates/greeting.j2", "hello {{ inventory_hostname }}\n");
        scene.Tasks($"""
            - name: Facts
              ansible.builtin.setup:
                gather_subset: min
            - name: A folder
              ansible.builtin.file: {"{"} path: "{scene.Directory.Path}/{"{{ inventory_hostname }}"}", state: directory, mode: "0755" {"}"}
            - name: A template
              ansible.builtin.template: {"{"} src: greeting.j2, dest: "{scene.Directory.Path}/{"{{ inventory_hostname }}"}/greeting", mode: "0644" {"}"}
            - name: The same template
              ansible.builtin.template: {"{"} src: greeting.j2, dest: "{scene.Directory.Path}/{"{{ inventory_hostname }}"}/greeting", mode: "0644" {"}"}
            - name: A line
              ansible.builtin.lineinfile: {"{"} path: "{scene.Directory.Path}/{"{{ inventory_hostname }}"}/greeting", line: more {"}"}
            - name: A command
              ansible.builtin.command: cat "{scene.Directory.Path}/{"{{ inventory_hostname }}"}/greeting"
              changed_when: false
            - name: A pipe with its environment
              ansible.builtin.shell: echo "$WORD" | tr a-z A-Z
              environment: {"{"} WORD: quiet {"}"}
              register: shouted
            - name: What it said
              ansible.builtin.assert: {"{"} that: shouted.stdout == 'QUIET' {"}"}
            - name: On another node
              ansible.builtin.command: "true"
              delegate_to: k8s-m0
            - name: Left out
              ansible.builtin.command: "false"
              when: false
            - name: A failure that is ignored
              ansible.builtin.command: ls /nowhere/{"{{ inventory_hostname }}"}
              ignore_errors: true
            """);
        await scene.RunAsync();
        return [.. File.ReadLines(scene.Record.EventsFile).Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()
            .Where(each => each.Kind == "result").Select(each => $"{each.Status} {each.Host} {each.Task} {each.FailureText}")
            .Order(StringComparer.Ordinal)];
    }
}
