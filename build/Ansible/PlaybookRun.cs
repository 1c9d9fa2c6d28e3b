using System.Text.Json;
using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Distributions;
using KubeLab.Reports;
using KubeLab.Runs;

namespace KubeLab.Ansible;

/// <summary>Runs one playbook of a distribution on a cluster, its output live, and judges it by its recap.</summary>
/// <param name="commands">Runs ansible-playbook.</param>
/// <param name="log">Shows the output.</param>
/// <param name="toolchain">The Ansible.</param>
/// <param name="environment">Its environment.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="distribution">The distribution.</param>
/// <param name="record">Where the run's record is kept.</param>
public sealed class PlaybookRun(
    CommandRunner commands,
    ConsoleLog log,
    AnsibleToolchain toolchain,
    AnsibleEnvironment environment,
    Cluster cluster,
    Distribution distribution,
    RunRecord record)
{
    /// <summary>The callback plugin's folder, beside KubeLab's own program.</summary>
    public static string CallbackDirectory { get; } = Path.Combine(AppContext.BaseDirectory, "callbacks");

    /// <summary>Runs a playbook to its end.</summary>
    /// <param name="playbook">Its file, relative to the distribution.</param>
    /// <param name="inventory">The inventory; its nodes have to appear in the recap, unless a limit is set.</param>
    /// <param name="options">What is passed on.</param>
    /// <param name="cancellationToken">Lets Ansible stop after an interrupt, and ends it 10 s later.</param>
    /// <returns>The recap.</returns>
    /// <exception cref="UserError">A node failed, was unreachable or never appeared, nothing ran, or the time limit passed.</exception>
    public async Task<PlayRecap> RunAsync(
        string playbook, Inventory inventory, PlaybookOptions options, CancellationToken cancellationToken = default)
    {
        var command = Command(playbook, inventory, options);
        log.Command(Pasteable(command));
        record.AddCommand(Pasteable(command));
        await using var output = new LogFile(record.AnsibleLog);
        await using var pulse = new PlaybookPulse(log);
        var result = await commands.RunAsync(
            command, line => Show(line, output, pulse), line => Show(line, output, pulse), cancellationToken);
        output.EnsureWritten();
        var events = ReadEvents(record.EventsFile);
        var expected = options.Expected ?? (options.Limit is null ? inventory.Nodes.Select(node => node.Name).ToList() : []);
        var problems = PlaybookVerdict.Judge(result.ExitCode, events, expected);
        if (problems.Count > 0)
            throw new UserError(
                $"{playbook} failed:\n{string.Join('\n', problems.Select(problem => $"  {problem}"))}",
                $"All that Ansible said is in {record.AnsibleLog}");
        return PlayRecap.From(events)!;
    }

    private void Show(string line, LogFile output, PlaybookPulse pulse)
    {
        output.WriteLine(record.Mask(line));
        pulse.Beat(line);
        log.Info(line);
    }

    private CommandLine Command(string playbook, Inventory inventory, PlaybookOptions options)
    {
        var settings = cluster.Settings;
        List<string> arguments = [.. cluster.InventoryArguments];
        if (settings.Ssh.PrivateKey is { } key)
            arguments.Add($"--private-key={key}");
        if (settings.Ssh.User is { } user)
            arguments.Add($"--user={user}");
        arguments.AddRange(["--become", $"--become-user={settings.Become.User}"]);
        if (options.Limit is not null)
            arguments.Add($"--limit={options.Limit}");
        if (options.Tags.Count > 0)
            arguments.Add($"--tags={string.Join(',', options.Tags)}");
        if (options.SkipTags.Count > 0)
            arguments.Add($"--skip-tags={string.Join(',', options.SkipTags)}");
        if (options.ExtraVariables is not null)
            arguments.AddRange(["--extra-vars", options.ExtraVariables]);
        if (options.Answers.Count > 0)
            arguments.AddRange(["--extra-vars", JsonSerializer.Serialize(options.Answers)]);
        arguments.Add(playbook);
        return toolchain.Command(AnsibleFinder.Playbook, arguments) with
        {
            WorkingDirectory = distribution.Directory,
            Environment = Environment(inventory),
            Timeout = options.Timeout,
        };
    }

    private Dictionary<string, string?> Environment(Inventory inventory)
    {
        var variables = environment.For(inventory.Nodes.Count);
        variables["ANSIBLE_CALLBACK_PLUGINS"] = CallbackDirectory;
        variables["ANSIBLE_CALLBACKS_ENABLED"] = "kubelab_events";
        variables["ANSIBLE_CALLBACK_WHITELIST"] = "kubelab_events";
        variables["KUBELAB_EVENTS"] = record.EventsFile;
        variables["ANSIBLE_FORCE_COLOR"] = null;
        if (cluster.Settings.Become.PasswordFile is { } file)
            variables["ANSIBLE_BECOME_PASSWORD_FILE"] = file;
        return variables;
    }

    // Without the variables that only KubeLab's own record needs.
    private static CommandLine Pasteable(CommandLine command) => command with
    {
        Environment = command.Environment
            .Where(each => !each.Key.Contains("CALLBACK", StringComparison.Ordinal) && each.Key is not ("KUBELAB_EVENTS" or "PYTHONUNBUFFERED"))
            .ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal),
    };

    private static IReadOnlyList<PlaybookEvent> ReadEvents(string file) =>
        File.Exists(file) ? [.. File.ReadLines(file).Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()] : [];
}
