using KubeLab.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

public class AssertRehearsalTests
{
    private const string Memory = """
        ---
        - name: Stop if memory is too small for nodes
          assert:
            that: ansible_memtotal_mb >= minimal_node_memory_mb
          when:
            - not ignore_assert_errors
            - inventory_hostname in groups['kube_node']
        """;

    [Fact]
    public async Task I_learn_of_all_that_does_not_hold_on_all_nodes_at_once()
    {
        using var scene = new RehearsalScene(Memory + """

            - name: Stop if unsupported options selected
              assert:
                that:
                  - kube_network_plugin in ['calico', 'cilium']
                  - dns_mode in ['coredns', 'none']
                  - kube_proxy_mode in ['iptables', 'ipvs']
                msg: not supported
              run_once: true
            """);
        scene.Role("kubernetes/preinstall", "defaults", "---\ndns_late: false\nignore_assert_errors: false\nminimal_node_memory_mb: 1024\nkube_proxy_mode: ipvs\n");
        scene.Write("cluster/group_vars/all.yml", "kube_network_plugin: calcio\ndns_mode: kubedns\n");
        foreach (var (node, memory) in new[] { ("m1", 512), ("w1", 1023), ("w2", 1024) })
            scene.Facts[node] = Facts("memtotal_mb", memory);

        var rehearsal = await scene.RunAsync();

        rehearsal.Problem.ShouldBeNull();
        var (memoryTask, options) = (rehearsal.Tasks[0], rehearsal.Tasks[1]);
        memoryTask.Failed.Select(failure => failure.Host).ShouldBe(["w1"]);
        memoryTask.Failed[0].Values.ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["ansible_memtotal_mb"] = "1023", ["minimal_node_memory_mb"] = "1024" }, ignoreOrder: true);
        memoryTask.Passed.ShouldBe(["w2"]);
        memoryTask.Skipped.ShouldBe(["m1"]);
        (memoryTask.File, memoryTask.Line).ShouldBe((RealPath.Of(scene.Root.File(RehearsalScene.VerifySettings)), 2));
        options.Failed.Select(failure => failure.Assertion).ShouldBe(["kube_network_plugin in ['calico', 'cilium']", "dns_mode in ['coredns', 'none']"]);
        options.Once.ShouldBeTrue();
    }

    [Fact]
    public async Task It_can_be_begun_before_the_inventory_is_there()
    {
        using var scene = new RehearsalScene(Memory);
        scene.Role("kubernetes/preinstall", "defaults", "---\ndns_late: false\nignore_assert_errors: false\nminimal_node_memory_mb: 1024\n");
        foreach (var (node, memory) in new[] { ("m1", 512), ("w1", 1023), ("w2", 1024) })
            scene.Facts[node] = Facts("memtotal_mb", memory);
        var environment = await scene.EnvironmentAsync();

        var begun = await RehearsingAnsible.BeginAsync(new CommandRunner(), environment, null);
        var rehearsal = await new AssertRehearsal(environment, await scene.NodesAsync(), () => Task.FromResult(begun))
            .RunAsync(Task.FromResult<IReadOnlyDictionary<string, RehearsalFacts>>(scene.Facts), TestContext.Current.CancellationToken);

        rehearsal.Problem.ShouldBeNull();
        rehearsal.Tasks.ShouldHaveSingleItem().Failed.Select(failure => failure.Host).ShouldBe(["w1"]);
        Directory.Exists(begun.Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_is_never_gone_on_with_leaves_nothing()
    {
        using var scene = new RehearsalScene(Memory);

        var begun = await RehearsingAnsible.BeginAsync(new CommandRunner(), await scene.EnvironmentAsync(), null);
        Directory.Exists(begun.Folder).ShouldBeTrue();
        await begun.DisposeAsync();

        Directory.Exists(begun.Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Variables_win_as_in_the_playbook()
    {
        using var scene = new RehearsalScene(Show("of_role", "of_dependency", "of_group", "of_host", "of_fact", "of_extra"));
        var of = new[] { "of_role", "of_dependency", "of_group", "of_host", "of_fact", "of_extra" };
        scene.Role("kubernetes/preinstall", "defaults", $"---\ndns_late: false\n{Lines(of, "role")}");
        scene.Role("kubernetes/preinstall", "meta", "---\ndependencies:\n  - role: adduser\n");
        scene.Role("adduser", "defaults", "---\nof_dependency: dependency\nof_role: dependency\n");
        scene.Write("cluster/group_vars/k8s_cluster.yml", Lines(of[2..], "group"));
        scene.Write("cluster/host_vars/m1.yml", Lines(of[3..], "host"));
        foreach (var node in new[] { "m1", "w1", "w2" })
            scene.Facts[node] = new RehearsalFacts { Facts = new Dictionary<string, object?>(StringComparer.Ordinal) { ["of_fact"] = "fact" } };
        scene.ExtraVariables = """{"of_extra": "extra"}""";

        var rehearsal = await scene.RunAsync();

        var values = rehearsal.Tasks.SelectMany(task => task.Failed).Where(failure => failure.Host == "m1").ToDictionary(failure => failure.Values.Keys.Single(), failure => failure.Values.Values.Single(), StringComparer.Ordinal);
        values.ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["of_role"] = "role",
                ["of_dependency"] = "role",
                ["of_group"] = "group",
                ["of_host"] = "host",
                ["of_fact"] = "host",
                ["of_extra"] = "extra",
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_node_has_the_facts_that_another_ones_loop_gives_it()
    {
        using var scene = new RehearsalScene("""
            ---
            - name: Stop if the address is another
              assert:
                that: main_ip == ansible_host
            """);
        scene.Role("network_facts", "tasks", """
            ---
            - name: Set each node's addresses
              set_fact:
                main_ip: "{{ hostvars[item].ansible_host }}"
              delegate_to: "{{ item }}"
              delegate_facts: true
              loop: "{{ groups['k8s_cluster'] }}"
              run_once: true
            """);
        foreach (var node in new[] { "m1", "w1", "w2" })
            scene.Facts[node] = Facts("memtotal_mb", 4096);

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.SelectMany(task => task.Failed).ShouldBeEmpty();
        rehearsal.Tasks.SelectMany(task => task.Unknown).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_of_many_nodes_is_judged_by_its_own_variables()
    {
        var names = Enumerable.Range(1, 40).Select(number => $"w{number}").ToList();
        var hosts = string.Join('\n', names.Select((name, index) => $"{name} ansible_host=192.0.2.{index + 1} of_host=own{index}"));
        using var scene = new RehearsalScene("""
            ---
            - name: Set what a task sets
              set_fact:
                of_task: "{{ inventory_hostname }}"
            - name: Stop if the address is another
              assert:
                that: ansible_host in ansible_all_ipv4_addresses
                msg: "vars and hostvars are but words here"
              when:
                - inventory_hostname != 'w7'
            - name: Stop if the name is bad
              assert:
                that: inventory_hostname is match('w[0-8]+$')
            - name: Stop if a template of the node's own is bad
              assert:
                that: of_template != 'own3'
            - name: Stop if a role's variable does not win
              assert:
                that: of_role == 'role'
            - name: Stop if what a task set does not win
              assert:
                that: of_task == inventory_hostname
            - name: Stop if the message has no value
              assert:
                that: inventory_hostname != 'x'
                msg: "{{ no_such_variable }} {{ of_host }}"
            - name: Stop if it is the fifth
              fail:
                msg: it is the fifth
              when: of_host == 'own5'
            """, $"[kube_control_plane]\nw1\n[etcd]\nw1\n[kube_node]\n{hosts}\n[k8s_cluster:children]\nkube_control_plane\nkube_node\n");
        scene.Role("kubernetes/preinstall", "vars", "---\nof_role: role\n");
        scene.Write("cluster/group_vars/all.yml", "of_template: \"{{ of_host }}\"\n");
        foreach (var name in names)
            scene.Write($"cluster/host_vars/{name}.yml", $"of_role: {name}\nof_task: {name}-before\n");
        foreach (var (index, name) in names.Index().Where(each => each.Index != 11))
            scene.Facts[name] = Facts("all_ipv4_addresses", index == 20 ? new[] { "192.0.2.99" } : [$"192.0.2.{index + 1}", "192.0.2.200"]);
        scene.Facts["w12"] = new RehearsalFacts { Reason = "w12 gave no answer", Kind = UnknownKind.Silent };

        var rehearsal = await scene.RunAsync();

        rehearsal.Problem.ShouldBeNull();
        var tasks = rehearsal.Tasks.ToDictionary(task => task.Name);
        var address = tasks["Stop if the address is another"];
        (address.Failed.Select(each => each.Host), address.Skipped, address.Unknown.Select(each => each.Host), address.Passed.Count)
            .ShouldSatisfyAllConditions(
                of => of.Item1.ShouldBe(["w21"]), of => of.Skipped.ShouldBe(["w7"]), of => of.Item3.ShouldBe(["w12"]), of => of.Count.ShouldBe(37));
        tasks["Stop if the name is bad"].Failed.Select(each => each.Host).ShouldBe(["w9", "w19", "w29", "w39"]);
        tasks["Stop if a template of the node's own is bad"].Failed.Select(each => each.Host).ShouldBe(["w4"]);
        tasks["Stop if a role's variable does not win"].Passed.Count.ShouldBe(40);
        tasks["Stop if what a task set does not win"].Passed.Count.ShouldBe(40);
        tasks["Stop if the message has no value"].Failed.Count.ShouldBe(40);
        tasks["Stop if it is the fifth"].Failed.Select(each => each.Host).ShouldBe(["w6"]);
    }

    [Fact]
    public async Task A_condition_that_breaks_says_why_once_and_without_the_lines_of_a_folder_that_is_gone()
    {
        using var scene = new RehearsalScene("""
            ---
            - name: Stop if memory is too small
              assert:
                that: 1024 >= least_memory
            - name: Stop if a group is too small
              assert:
                that: groups | length > 1
              when: inventory_hostname in groups['gone']
            """);
        scene.Write("cluster/group_vars/all.yml", "least_memory: \"1024\"\n");

        var rehearsal = await scene.RunAsync();

        var (memory, group) = (rehearsal.Tasks[0].Failed[0], rehearsal.Tasks[1].Failed[0]);
        (memory.Assertion, group.Assertion).ShouldBe((null, null));
        memory.Message.ShouldStartWith("1024 >= least_memory can't be evaluated: ");
        memory.Values.ShouldBe(new Dictionary<string, string> { ["least_memory"] = "1024" });
        group.Message.ShouldBe("inventory_hostname in groups['gone'] can't be evaluated: 'dict object' has no attribute 'gone'");
    }

    [Theory]
    [InlineData("'192.0.2.0/24' | no.such_collection.net", "the collection no.such_collection is not installed on this machine")]
    [InlineData("'192.0.2.0/24' | no_such_filter", "this machine's Ansible has no filter no_such_filter")]
    public async Task What_this_machines_Ansible_lacks_is_no_fault_of_a_variable(string condition, string reason)
    {
        using var scene = new RehearsalScene($"""
            ---
            - name: Stop if it is no network
              assert:
                that: "{condition}"
              run_once: true
            """);
        foreach (var node in new[] { "m1", "w1", "w2" })
            scene.Facts[node] = Facts("memtotal_mb", 4096);

        var task = (await scene.RunAsync()).Tasks.Single();

        task.Failed.ShouldBeEmpty();
        task.Unknown.Select(unknown => (unknown.Reason, unknown.Kind)).ShouldBe([(reason, UnknownKind.Lacking)]);
    }

    [Fact]
    public async Task Nothing_is_changed_on_this_machine_and_no_node_is_reached()
    {
        using var scene = new RehearsalScene("""
            ---
            - name: Touch a file
              command: "touch {{ mark }}"
              register: touched
            - name: Stop if it was not touched
              assert:
                that: touched.rc == 0
            - name: Write a file
              copy: {content: here, dest: "{{ mark }}"}
            - name: Write a file here
              copy: {content: here, dest: "{{ mark }}"}
              delegate_to: localhost
            - name: Install a package
              package: {name: iputils-ping}
            - name: Stop if there is no password
              assert:
                that: secret | length > 0
            - name: Stop if there is no other password
              assert:
                that: lookup('ansible.builtin.password', inventory_dir + '/credentials/other.creds') | length > 0
            - name: Stop if a program does not say so
              assert:
                that: lookup('pipe', 'touch ' + mark + '; echo yes') == 'yes'
            """);
        var mark = scene.Root.File("mark");
        scene.Role("kubernetes/preinstall", "defaults", $$$"""
            ---
            dns_late: false
            mark: "{{{mark}}}"
            secret: "{{ lookup('password', inventory_dir + '/credentials/secret.creds length=15') }}"
            """);
        scene.Role("kubernetes/preinstall", "meta", "---\ndependencies:\n  - role: adduser\n");
        scene.Role("adduser", "tasks", $"---\n- name: Make a user\n  local_action: command touch '{mark}'\n");
        var before = Listing(scene.Root.Path);

        var rehearsal = await scene.RunAsync();

        Listing(scene.Root.Path).ShouldBe(before);
        Directory.EnumerateDirectories(Path.GetTempPath(), "kubelab-rehearsal-*").Where(folder => IsOf(folder, scene)).ShouldBeEmpty();
        rehearsal.Problem.ShouldBeNull();
        rehearsal.Tasks.Where(task => task.Failed.Count > 0).ShouldBeEmpty();
        rehearsal.Tasks.Where(task => task.Passed.Count > 0).Select(task => task.Name).ShouldBe(["Stop if there is no password", "Stop if there is no other password"]);
        rehearsal.Tasks.Where(task => task.Unknown.Count > 0).Select(task => task.Name).ShouldBe(
            ["Touch a file", "Stop if it was not touched", "Write a file", "Write a file here", "Install a package", "Stop if a program does not say so"]);
    }

    // Other tests have rehearsals of their own going on, whose folders come and go.
    private static bool IsOf(string folder, RehearsalScene scene)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "rehearsal.yml")).Contains(scene.Root.Path, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_password_that_is_there_is_read()
    {
        using var scene = new RehearsalScene("""
            ---
            - name: Stop if it is another password
              assert:
                that: lookup('password', inventory_dir + '/credentials/secret.creds length=15') == 'mine'
            """);
        scene.Write("cluster/credentials/secret.creds", "mine salt=abc\n");

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.Single().Passed.Count.ShouldBe(3);
    }

    [Fact]
    public async Task As_root_Ansible_runs_as_a_user_who_may_not_write()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root has more to give away");
        using var scene = new RehearsalScene("""
            ---
            - name: Stop if somebody else runs it
              assert:
                that: "'' | who != '0' and '' | write is none"
            """);
        scene.Write("distribution/roles/kubernetes/preinstall/filter_plugins/who.py", $$"""
            import os

            def write(_):
                try:
                    open("{{scene.Root.File("written")}}", "w").close()
                except OSError:
                    return None
                return "written"

            class FilterModule:
                def filters(self):
                    return {"who": lambda _: str(os.getuid()), "write": write}
            """);

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.Single().Passed.Count.ShouldBe(3);
        File.Exists(scene.Root.File("written")).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_unknown_neither_holds_nor_fails()
    {
        using var scene = new RehearsalScene("""
            ---
            - name: Stop if the kernel is too old
              assert:
                that: ansible_kernel.split('-')[0] is version('4.9.17', '>=')
            - name: Stop if there is no kernel
              assert:
                that: ansible_kernel | default('9') is version('5', '>=')
            - name: Set what depends on it
              set_fact:
                new_enough: "{{ ansible_kernel is version('5', '>=') }}"
            - name: Stop if it is not new enough
              assert:
                that: new_enough
            - name: Stop if the processors are too few
              assert:
                that: ansible_processor_vcpus > 1
              when: ansible_memtotal_mb > 1024
            """);
        scene.Facts["m1"] = Facts("kernel", "6.1.0-18-amd64", "memtotal_mb", 1024);
        scene.Facts["w1"] = Facts("kernel", null, "memtotal_mb", 4096);
        scene.Facts["w2"] = new RehearsalFacts { Reason = "w2 gave no answer", Kind = UnknownKind.Silent };

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.SelectMany(task => task.Failed).ShouldBeEmpty();
        foreach (var task in rehearsal.Tasks.Take(4))
        {
            task.Passed.ShouldBe(["m1"]);
            task.Unknown.Select(unknown => (unknown.Host, unknown.Kind)).ShouldBe([("w1", UnknownKind.Missing), ("w2", UnknownKind.Silent)]);
        }

        rehearsal.Tasks[4].Skipped.ShouldBe(["m1"]);
        rehearsal.Tasks[4].Unknown.Select(unknown => unknown.Kind).ShouldBe([UnknownKind.Never, UnknownKind.Silent]);
    }

    [Fact]
    public async Task A_task_that_never_ends_is_unknown_and_keeps_nobody_from_the_others()
    {
        using var scene = new RehearsalScene("""
            ---
            - name: Stop if the sum is odd
              assert:
                that: "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
              run_once: true
            - name: Stop if there is no plugin
              assert:
                that: kube_network_plugin is defined
              run_once: true
            """);

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks[0].Unknown.Single().Kind.ShouldBe(UnknownKind.Endless);
        rehearsal.Tasks[1].Failed.Single().Assertion.ShouldBe("kube_network_plugin is defined");
        rehearsal.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_task_that_cannot_be_interrupted_ends_the_rehearsal_and_is_named()
    {
        using var scene = new RehearsalScene("---\n- name: Stop if the sum is odd\n  assert:\n    that: (range(10 ** 12) | sum) is even\n");

        var rehearsal = await scene.RunAsync();

        rehearsal.Problem.ShouldBe($"a task had no end after 5 s, at {RealPath.Of(scene.Root.File(RehearsalScene.VerifySettings))}:2 (Stop if the sum is odd)");
    }

    [Fact]
    public async Task What_runs_before_the_facts_sees_none()
    {
        using var scene = new RehearsalScene(Memory);
        scene.Role("validate_inventory", "tasks", "---\n- name: Fail if removed variables are used\n  assert:\n    that: ansible_memtotal_mb is not defined and removed is not defined\n  run_once: true\n");
        scene.Write("cluster/group_vars/all.yml", "minimal_node_memory_mb: 1024\n");
        scene.Facts["w1"] = scene.Facts["w2"] = Facts("memtotal_mb", 2048);

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.Select(task => task.Name).ShouldBe(["Fail if removed variables are used", "Stop if memory is too small for nodes"]);
        rehearsal.Tasks.ShouldAllBe(task => task.Failed.Count == 0 && task.Passed.Count > 0);
    }

    [Fact]
    public async Task The_chosen_network_plugins_checks_are_judged_and_no_others()
    {
        using var scene = new RehearsalScene("---\n");
        foreach (var plugin in new[] { "calico", "cilium", "mine" })
        {
            scene.Write($"distribution/roles/network_plugin/{plugin}/tasks/check.yml", $"---\n- name: Check {plugin}\n  assert:\n    that: {plugin}_version == 'v2'\n  run_once: true\n");
            scene.Role($"network_plugin/{plugin}", "defaults", $"---\n{plugin}_version: v1\n");
        }

        scene.Write("cluster/group_vars/all.yml", "kube_network_plugin: calico\ncilium_deploy_additionally: true\n");

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.Select(task => (task.Name, task.Failed.Count)).ShouldBe([("Check calico", 1), ("Check cilium", 1)]);
    }

    [Fact]
    public async Task Whether_a_network_plugin_is_checked_at_all_is_unknown_where_a_fact_decides_it()
    {
        using var scene = new RehearsalScene("---\n");
        scene.Write("distribution/roles/network_plugin/calico/tasks/check.yml", "---\n- name: Check calico\n  assert:\n    that: false\n");
        scene.Write("cluster/group_vars/all.yml", "kube_network_plugin: \"{{ 'calico' if ansible_memtotal_mb > 1024 else 'cni' }}\"\n");

        var rehearsal = await scene.RunAsync();

        var task = rehearsal.Tasks.ShouldHaveSingleItem();
        (task.Action, task.Name).ShouldBe(("include_role", "the checks of network_plugin/calico"));
        task.Unknown.Select(each => each.Host).ShouldBe(["m1", "w1", "w2"]);
    }

    [Fact]
    public async Task What_is_set_on_another_node_is_seen_from_then_on()
    {
        using var scene = new RehearsalScene("""
            - name: First
              set_fact:
                mine: "{{ inventory_hostname }}"
            - name: Its own
              assert:
                that: hostvars['w1'].mine == 'w1'
            - name: Then
              set_fact:
                mine: changed
            - name: The new one
              assert:
                that: hostvars['w1'].mine == 'changed'
            """);

        var asserts = (await scene.RunAsync()).Tasks.Where(task => task.Action == "assert");

        asserts.Select(task => task.Passed.Count).ShouldBe([3, 3]);
    }

    [Fact]
    public async Task A_file_of_the_role_is_found_where_the_playbook_finds_it()
    {
        using var scene = new RehearsalScene("- name: Any\n  assert:\n    that: (lookup('file', 'schema.json') | from_json).a == 1\n");
        scene.Write("distribution/roles/kubernetes/preinstall/files/schema.json", "{\"a\": 1}");

        (await scene.RunAsync()).Tasks.Single().Passed.ShouldBe(["m1", "w1", "w2"]);
    }

    [Fact]
    public async Task What_runs_once_runs_on_the_node_that_comes_first_in_the_inventory_and_not_in_the_alphabet()
    {
        var inventory = RehearsalScene.Inventory.Replace("kube_control_plane\nkube_node", "kube_control_plane\nkube_node\na_group") + "\n[a_group]\nw2\n";
        using var scene = new RehearsalScene("- name: Any\n  assert:\n    that: false\n  run_once: true\n", inventory);

        (await scene.RunAsync()).Tasks.Single().Failed.ShouldHaveSingleItem().Host.ShouldBe("m1");
    }

    [Fact]
    public async Task A_port_that_is_none_keeps_no_assert_from_being_judged()
    {
        using var scene = new RehearsalScene(
            "- name: Any\n  assert:\n    that: inventory_hostname != 'w2'\n", RehearsalScene.Inventory.Replace("192.0.2.1\n", "192.0.2.1 ansible_port=22a\n"));

        var task = (await scene.RunAsync()).Tasks.Single();

        task.Passed.ShouldBe(["m1", "w1"]);
        task.Failed.ShouldHaveSingleItem().Host.ShouldBe("w2");
    }

    [Fact]
    public async Task It_starts_before_the_facts_are_there_and_ends_with_whoever_wanted_it()
    {
        using var scene = new RehearsalScene(Memory);
        using var cancellation = new CancellationTokenSource();
        var never = new TaskCompletionSource<IReadOnlyDictionary<string, RehearsalFacts>>();

        var running = scene.RunAsync(never.Task, cancellation.Token);
        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_tree_without_asserts_is_said_to_have_none()
    {
        using var scene = new RehearsalScene(Memory);
        File.Delete(scene.Root.File(RehearsalScene.VerifySettings));

        var rehearsal = await scene.RunAsync();

        rehearsal.NothingToJudge.ShouldBe("a small one has none of the files with asserts");
    }

    [Theory]
    [InlineData("---\n- name: [broken\n")]
    [InlineData("---\n- name: A task\n  no_such_module_at_all: {}\n")]
    [InlineData("no list\n")]
    public async Task A_tree_that_its_user_broke_is_a_problem_and_no_pass(string asserts)
    {
        using var scene = new RehearsalScene(asserts);

        var rehearsal = await scene.RunAsync();

        rehearsal.Problem.ShouldNotBeNull();
        rehearsal.Problem.ShouldContain("ERROR");
    }

    [Fact]
    public async Task Facts_of_any_bytes_are_facts()
    {
        using var scene = new RehearsalScene("---\n- name: Stop if it is named so\n  assert:\n    that: ansible_hostname == 'other'\n");
        scene.Facts["m1"] = Facts("hostname", "n\uFFFD\u0000\u2028{{ 1 // 0 }}\"'");
        scene.Facts["w1"] = scene.Facts["w2"] = Facts("hostname", "other");

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.Single().Failed.Select(failure => failure.Host).ShouldBe(["m1"]);
    }

    [Fact]
    public async Task Secrets_are_not_shown()
    {
        using var scene = new RehearsalScene("---\n- name: Stop if the key is wrong\n  assert:\n    that: ipsec_key == 'right' and vaulted == 'right'\n");
        scene.Write("cluster/group_vars/all.yml", "ipsec_key: 0123456789\nvaulted: here\n");

        var rehearsal = await scene.RunAsync();

        rehearsal.Tasks.Single().Failed[0].Values["ipsec_key"].ShouldBe("(withheld)");
    }

    private static RehearsalFacts Facts(params object?[] pairs) => new()
    {
        Facts = pairs.Chunk(2).ToDictionary(pair => (string)pair[0]!, pair => pair[1], StringComparer.Ordinal),
    };

    private static string Lines(IEnumerable<string> names, string value) => string.Concat(names.Select(name => $"{name}: {value}\n"));

    private static string Show(params string[] names) => "---\n" + string.Concat(names.Select(name => $"- name: Show {name}\n  assert:\n    that: {name} == ''\n"));

    // What is there, when it was last changed, and what is in it.
    private static List<string> Listing(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path =>
            $"{path} {File.GetLastWriteTimeUtc(path).Ticks} {(Directory.Exists(path) ? "" : File.ReadAllText(path))}")];
}
