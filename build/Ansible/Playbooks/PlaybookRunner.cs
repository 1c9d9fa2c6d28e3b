using KubeLab.Records;

namespace KubeLab.Ansible;

/// <summary>Runs a playbook on a cluster: shown while it goes on, judged by its recap, explained where it failed.</summary>
public sealed class PlaybookRunner(
    CommandRunner commands, ConsoleLog log, PlaybookViews views, IFailureExplainer explainer, AnsibleEnvironment ansible,
    RunRecord record)
{
    private const string EventsVariable = "KUBELAB_EVENTS";
    private const string RecordVariable = "KUBELAB_RECORD";
    private const int LinesOfAProblem = 4;

    /// <summary>The callback plugin's folder, beside KubeLab's own program.</summary>
    public static string CallbackDirectory { get; } = Path.Combine(AppContext.BaseDirectory, "callbacks");

    /// <summary>Runs a playbook to its end.</summary>
    /// <param name="playbook">Its file, relative to the distribution.</param>
    /// <param name="inventory">The inventory; its nodes have to appear in the recap, unless a limit is set.</param>
    /// <param name="cancellationToken">Lets Ansible stop after an interrupt, and ends it 10 s later.</param>
    /// <returns>The recap.</returns>
    /// <exception cref="UserError">A node failed, didn't answer or never appeared, nothing ran, or time ran out.</exception>
    public async Task<PlayRecap> RunAsync(
        string playbook, Inventory inventory, PlaybookOptions options, CancellationToken cancellationToken = default)
    {
        var command = Command(playbook, inventory, options);
        var pasteable = Pasteable(command, options);
        log.Command(pasteable);
        record.AddCommand(pasteable);
        var said = new LastLines();
        var (exitCode, events) = await WatchedAsync(command, playbook, inventory, options, said, cancellationToken);
        var problems = PlaybookVerdict.Judge(exitCode, events, Required(inventory, options), options.OthersMayFail);
        return problems.Count == 0
            ? PlayRecap.From(events)!
            : throw await FailureAsync(
                new PlaybookFailure(playbook, exitCode, events, said.Lines, problems, inventory) { Options = options },
                cancellationToken);
    }

    // The screen is given back with the view, so that what follows, an explanation for one, stands below it.
    private async Task<(int ExitCode, IReadOnlyList<PlaybookEvent> Events)> WatchedAsync(
        CommandLine command, string playbook, Inventory inventory, PlaybookOptions options, LastLines said,
        CancellationToken cancellationToken)
    {
        using var output = new LogFile(record.AnsibleLog, record.Mask, heading: $"# {TimeProvider.System.GetUtcNow():u}");
        await using var view = views.For(ansible.Cluster, Path.GetFileName(playbook), inventory, options.IsPartial);
        await using var pipe = new EventPipe(record, view.Event);
        var environment = new Dictionary<string, string?>(command.Environment) { [EventsVariable] = pipe.Path };
        void Show(string line)
        {
            lock (said)
            {
                output.WriteLine(line);
                said.Add(line);
                view.Line(line);
            }
        }

        var result = await commands.RunAsync(command with { Environment = environment }, Show, Show, cancellationToken);
        output.EnsureWritten();
        var events = await pipe.FinishAsync();
        // Ctrl+C on a terminal reaches Ansible too, which may have ended by itself by now.
        if (result.ExitCode != 0)
            cancellationToken.ThrowIfCancellationRequested();
        return (result.ExitCode, events);
    }

    /// <summary>What a playbook would do, without doing it: Ansible lists its plays, hosts and tasks.</summary>
    /// <exception cref="UserError">Ansible can't read the playbook or the inventory.</exception>
    public async Task<PlaybookListing> ListAsync(
        string playbook, Inventory inventory, PlaybookOptions options, CancellationToken cancellationToken = default)
    {
        var command = Command(playbook, inventory, options);
        var list = command with { Arguments = ["--list-hosts", "--list-tasks", .. command.Arguments] };
        var result = await commands.RunAsync(list, cancellationToken: cancellationToken);
        result.EnsureSucceeded($"Listing what {playbook} would do", "Correct what Ansible names above.");
        return PlaybookListing.Parse(result.StandardOutput, Pasteable(command, options));
    }

    private static IReadOnlyList<string> Required(Inventory inventory, PlaybookOptions options) =>
        options.Required ?? (options.Limit is null ? [.. inventory.Nodes.Select(node => node.Name)] : []);

    private async Task<UserError> FailureAsync(PlaybookFailure failure, CancellationToken cancellationToken)
    {
        var causes = await explainer.ExplainAsync(failure, cancellationToken);
        var problems = failure.Problems.Select(problem => $"  {string.Join("\n  ", problem.Split('\n').Take(LinesOfAProblem))}");
        return new UserError(
            $"{failure.Playbook} failed: {string.Join("; ", causes)}\n{string.Join('\n', problems)}",
            $"It is explained above. All that Ansible said is in {record.AnsibleLog}");
    }

    private CommandLine Command(string playbook, Inventory inventory, PlaybookOptions options)
    {
        var settings = ansible.Cluster.Settings;
        string[] arguments = [
            .. ansible.InventoryArguments,
            .. Option("private-key", settings.Ssh.PrivateKey), .. Option("user", settings.Ssh.User),
            "--become", $"--become-user={settings.Become.User}", .. Option("limit", options.Limit),
            .. Option("tags", options.Tags.Count > 0 ? string.Join(',', options.Tags) : null),
            .. Option("skip-tags", options.SkipTags.Count > 0 ? string.Join(',', options.SkipTags) : null),
            .. Option("start-at-task", options.StartAtTask),
            .. options.ExtraVariables is { } extra ? ["--extra-vars", ExtraVariables.Argument(extra)] : Array.Empty<string>(),
            .. options.ForcedVariables is { Count: > 0 } forced
                ? ["--extra-vars", JsonSerializer.Serialize(forced)] : Array.Empty<string>(),
            playbook,
        ];
        return ansible.Toolchain.Command(AnsibleFinder.Playbook, arguments) with
        {
            WorkingDirectory = ansible.Distribution.Directory,
            Environment = Environment(inventory),
            Timeout = options.Timeout,
            EnvironmentMarker = RecordVariable,
        };
    }

    private static string[] Option(string name, string? value) => value is null ? [] : [$"--{name}={value}"];

    private Dictionary<string, string?> Environment(Inventory inventory)
    {
        var variables = ansible.For(inventory.Nodes.Count);
        variables["ANSIBLE_CALLBACK_PLUGINS"] = CallbackDirectory;
        variables["ANSIBLE_CALLBACKS_ENABLED"] = "kubelab_events";
        variables["ANSIBLE_CALLBACK_WHITELIST"] = "kubelab_events";
        variables[RecordVariable] = record.Directory;
        variables["ANSIBLE_FORCE_COLOR"] = null;
        if (ansible.Cluster.Settings.Become.PasswordFile is { } file)
            variables["ANSIBLE_BECOME_PASSWORD_FILE"] = file;
        return variables;
    }

    // Without the variables that only KubeLab's own record needs, and the file that is gone when it ends.
    private CommandLine Pasteable(CommandLine command, PlaybookOptions options) => command with
    {
        Arguments = [.. command.Arguments.Select(argument =>
            options.ExtraVariables is { } extra && argument == ExtraVariables.Argument(extra)
                ? ExtraVariables.Shown(extra, record.Mask) : argument)],
        Environment = command.Environment
            .Where(each => !each.Key.Contains("CALLBACK") && each.Key is not (RecordVariable or "PYTHONUNBUFFERED"))
            .ToDictionary(each => each.Key, each => each.Value),
    };
}

/// <summary>Keeps the last lines of an output.</summary>
internal sealed class LastLines
{
    private const int Most = 200;
    private readonly Queue<string> lines = new(Most);

    public IReadOnlyList<string> Lines => [.. lines];

    public void Add(string line)
    {
        if (lines.Count == Most)
            lines.Dequeue();
        lines.Enqueue(line);
    }
}
