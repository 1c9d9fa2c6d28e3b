using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Diagnosis;
using KubeLab.Tests.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Diagnosis;

/// <summary>
/// A run of the real Ansible whose tasks fail as it is written down: each on a host of its own, in the role and with the name, the
/// action and the arguments that it has. Its result is returned as it is given, or printed byte by byte by a module of its own.
/// KUBELAB_TEST_ANSIBLE_PLAYBOOK names the ansible-playbook of another version, where one is to be tried.
/// </summary>
internal sealed class ReplayedRun : IDisposable
{
    // What Ansible does itself before a task's action, or without one, can't be put in its place.
    private static readonly string[] NotReplaced =
        ["include_tasks", "import_tasks", "include_role", "import_role", "meta", "add_host", "group_by", "async_status"];

    // An action goes before a module of the same name. The module runs as any other: as a process of its own, whose output is read.
    private const string Action = """
        import json

        from ansible.errors import AnsibleConnectionFailure
        from ansible.plugins.action import ActionBase


        class ActionModule(ActionBase):
            def run(self, tmp=None, task_vars=None):
                super().run(tmp, task_vars)
                if task_vars["replay_unreachable"]:
                    raise AnsibleConnectionFailure(task_vars["replay_unreachable"])
                if not task_vars["replay_by_module"]:
                    with open(task_vars["replay_file"]) as result:
                        return json.load(result)
                return self._execute_module("replay", module_args={"file": task_vars["replay_file"]}, task_vars=task_vars)

        """;

    private const string Module = """
        #!/usr/bin/python3
        import json
        import os
        import sys

        # WANT_JSON
        with open(sys.argv[1]) as arguments:
            file = json.load(arguments)["file"]
        for stream, name in ((sys.stdout, file), (sys.stderr, file + ".stderr")):
            if os.path.exists(name):
                with open(name, "rb") as said:
                    stream.buffer.write(said.read())
        sys.exit(1)

        """;

    // The ansible-playbook of another version than the one that is installed, by its path.
    private const string ProgramVariable = "KUBELAB_TEST_ANSIBLE_PLAYBOOK";

    private readonly TemporaryDirectory directory = new();
    private readonly List<string> hosts = [];

    /// <summary>Whether a task of this action can be replayed.</summary>
    public static bool CanReplay(string action) => !NotReplaced.Contains(ShortName(action), StringComparer.Ordinal);

    /// <summary>Adds a task that fails.</summary>
    /// <param name="result">What it returns, or what its module prints, byte by byte.</param>
    /// <param name="error">What it prints on standard error.</param>
    /// <param name="unreachable">Why the host is unreachable, instead; null where it isn't.</param>
    /// <returns>The host that it fails on.</returns>
    public string Add(
        string role, string task, string action, byte[] result, byte[]? error = null, string? unreachable = null,
        IReadOnlyDictionary<string, object?>? arguments = null, object? item = null, string? delegatedTo = null, bool noLog = false, bool byModule = true)
    {
        var host = $"k8s-n{hosts.Count}";
        hosts.Add(host);
        var file = directory.File($"results/{host}");
        directory.Write($"results/{host}", "");
        File.WriteAllBytes(file, result);
        if (error is not null)
            File.WriteAllBytes($"{file}.stderr", error);
        directory.Write($"distribution/action_plugins/{ShortName(action)}.py", Action);
        var variables = new Dictionary<string, object?> { ["replay_file"] = file, ["replay_unreachable"] = Raw(unreachable ?? ""), ["replay_by_module"] = byModule };
        var written = new Dictionary<string, object?>
        {
            ["name"] = Raw(task),
            [ShortName(action)] = (arguments ?? new Dictionary<string, object?>()).ToDictionary(each => each.Key, each => Raw(each.Value)),
            ["vars"] = variables,
        };
        if (item is not null)
            written["loop"] = new[] { Raw(item) };
        if (delegatedTo is not null)
            written["delegate_to"] = delegatedTo;
        if (noLog)
            written["no_log"] = true;
        directory.Write($"distribution/roles/{role}/tasks/{host}.yml", JsonSerializer.Serialize(new[] { written }));
        roles[host] = role;
        return host;
    }

    /// <summary>Runs all of them and reads what failed, by the host.</summary>
    public async Task<IReadOnlyDictionary<string, Failure>> RunAsync()
    {
        var program = Environment.GetEnvironmentVariable(ProgramVariable) ?? Programs.Require(AnsibleFinder.Playbook);
        directory.Write("distribution/library/replay.py", Module);
        directory.Write("distribution/ansible.cfg", "[defaults]\n");
        directory.Write("inventory.json", JsonSerializer.Serialize(new
        {
            all = new
            {
                vars = new { ansible_connection = "local", ansible_python_interpreter = "/usr/bin/python3" },
                hosts = hosts.ToDictionary(host => host, host => new { replay_role = roles[host] }),
            },
        }));
        directory.Write("distribution/cluster.yml", """
            - hosts: all
              gather_facts: false
              # No host waits for the others.
              strategy: free
              tasks:
                - ansible.builtin.include_role:
                    name: "{{ replay_role }}"
                    tasks_from: "{{ replay_host }}"
                  # Ansible takes includes of a role for the same, whatever file of it they are for, unless their loop tells them apart.
                  loop: ["{{ inventory_hostname }}"]
                  loop_control:
                    loop_var: replay_host

            """);
        var command = CommandLine.Of(program, "-i", directory.File("inventory.json"), "cluster.yml") with
        {
            WorkingDirectory = directory.File("distribution"),
            Timeout = TimeSpan.FromMinutes(15),
            Environment = new Dictionary<string, string?>
            {
                ["ANSIBLE_CALLBACK_PLUGINS"] = PlaybookRunner.CallbackDirectory,
                ["ANSIBLE_CALLBACKS_ENABLED"] = "kubelab_events",
                ["KUBELAB_EVENTS"] = EventsFile,
                ["ANSIBLE_CONFIG"] = directory.File("distribution/ansible.cfg"),
                ["ANSIBLE_FORKS"] = "8",
                ["ANSIBLE_NOCOWS"] = "1",
            },
        };
        var result = await new CommandRunner().RunAsync(command);
        File.Exists(EventsFile).ShouldBeTrue(result.StandardOutput + result.StandardError);
        Events = [.. File.ReadLines(EventsFile).Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()];
        Events.ShouldContain(each => each.Kind == "stats", result.StandardOutput + result.StandardError);
        return FailureReader.Read(Events, result.StandardOutput.Split('\n'), result.ExitCode)
            .SelectMany(failure => failure.Nodes.Select(node => (node, failure))).ToDictionary(each => each.node, each => each.failure);
    }

    /// <summary>What the callback wrote.</summary>
    public IReadOnlyList<PlaybookEvent> Events { get; private set; } = [];

    /// <summary>The file that the callback wrote.</summary>
    public string EventsFile => directory.File("events.jsonl");

    public void Dispose() => directory.Dispose();

    private readonly Dictionary<string, string> roles = new(StringComparer.Ordinal);

    private static string ShortName(string action) => action[(action.LastIndexOf('.') + 1)..];

    // Braces of what was said are no templates.
    private static object? Raw(object? value) => value switch
    {
        string text when text.Contains("{{") || text.Contains("{%") || text.Contains("{#") => $"{{% raw %}}{text}{{% endraw %}}",
        IDictionary<object, object?> map => map.ToDictionary(each => $"{each.Key}", each => Raw(each.Value)),
        IEnumerable<object?> list when value is not string => list.Select(Raw).ToList(),
        _ => value,
    };
}
