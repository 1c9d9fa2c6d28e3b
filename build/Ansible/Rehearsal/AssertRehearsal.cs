using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// Rehearses a release's own asserts with the release's own Ansible: its text, its variables, its templates, and facts that
/// KubeLab has already. Nothing is done on any machine: tasks that would do something are not carried out
/// (<c>kubelab_rehearsal.py</c>), no node can be reached, and where KubeLab runs as root, Ansible may read and not write.
/// </summary>
/// <param name="extraVariables">The text of <c>--extra-vars</c>; null for none.</param>
public sealed class AssertRehearsal(
    CommandRunner commands, AnsibleEnvironment ansible, Inventory inventory, string? extraVariables)
{
    private const string Setpriv = "setpriv";

    // capability(7): may read files whoever owns them, and writes none.
    private const int CapDacReadSearch = 2;

    // SIGXCPU, by which the kernel ends a process beyond its RLIMIT_CPU.
    private const int EndedByProcessorTime = 128 + 24;

    private static readonly TimeSpan LimitOfTask = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LimitOfNode = TimeSpan.FromMilliseconds(100);

    /// <summary>Renders the files that the release would write on the nodes now. Nothing is written anywhere but in a folder that
    /// is removed.</summary>
    /// <param name="facts">What is known of each node, once it is known.</param>
    /// <returns>What they would be; what can't be told is said in it.</returns>
    public async Task<ReleaseFiles> RenderAsync(
        Task<IReadOnlyDictionary<string, RehearsalFacts>> facts, CancellationToken cancellationToken = default)
    {
        if ((ansible.Distribution.Configuration.Problem ?? ansible.Distribution.Asserts.Problem) is { } problem)
            return ReleaseFiles.Unknown($"the release's roles can't be read: {problem}");
        if (ansible.Distribution.Configuration.Files.Count == 0)
            return ReleaseFiles.Unknown($"{ansible.Distribution.Name} has none of the roles that are known to write them");
        if (MissingProgram is { } missing)
            return ReleaseFiles.Unknown(missing);
        try
        {
            var (output, _, reason) = await RunInFolderAsync(facts, rendersFiles: true, cancellationToken);
            return ReleaseFiles.Parse(output, reason);
        }
        catch (Exception exception) when (exception is UserError or IOException or UnauthorizedAccessException)
        {
            return ReleaseFiles.Unknown(exception.Message);
        }
    }

    private static string? MissingProgram => Environment.IsPrivilegedProcess && Which.FindAsRoot(Setpriv) is null
        ? $"{Setpriv} isn't installed, and as root they are not rehearsed" : null;

    /// <summary>Rehearses the asserts. It starts at once, and waits for the facts where it needs them.</summary>
    /// <param name="facts">What is known of each node, once it is known.</param>
    /// <returns>What was found; what could not be judged is said in it.</returns>
    public async Task<Rehearsal> RunAsync(
        Task<IReadOnlyDictionary<string, RehearsalFacts>> facts, CancellationToken cancellationToken = default)
    {
        var asserts = ansible.Distribution.Asserts;
        if (asserts.Problem is { } problem)
            return new Rehearsal([], $"the release's asserts can't be read: {problem}");
        if (!asserts.BeforeFacts.Concat(asserts.WithFacts).Any(file => file.IsJudged))
            return new Rehearsal([], null) { NothingToJudge = $"{ansible.Distribution.Name} has none of the files with asserts" };
        if (MissingProgram is { } missing)
            return new Rehearsal([], missing);

        try
        {
            var (output, plays, reason) = await RunInFolderAsync(facts, rendersFiles: false, cancellationToken);
            return Rehearsal.Parse(output, plays, reason);
        }
        catch (Exception exception) when (exception is UserError or IOException or UnauthorizedAccessException)
        {
            return new Rehearsal([], exception.Message);
        }
    }

    private async Task<(string Output, int Plays, string Reason)> RunInFolderAsync(
        Task<IReadOnlyDictionary<string, RehearsalFacts>> facts, bool rendersFiles, CancellationToken cancellationToken)
    {
        var written = InventoryLines.ReadAll(ansible.Cluster.Inventories, "/").Children;
        using var folder = new RehearsalFolder(ansible.Distribution, inventory, written, LimitOfTask, rendersFiles);
        var command = await UnprivilegedAsync(Command(folder), folder, cancellationToken) with { LateInput = InputAsync(facts) };
        var result = await commands.RunToLimitAsync(command, cancellationToken: cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return (result.StandardOutput, folder.Count, Reason(result, command));
    }

    private static async Task<string> InputAsync(Task<IReadOnlyDictionary<string, RehearsalFacts>> facts) =>
        JsonSerializer.Serialize(await facts, LineOfJson) + "\n";

    private static readonly JsonSerializerOptions LineOfJson = new(JsonSerializerDefaults.Web);

    private static string Reason(CommandResult result, CommandLine command)
    {
        if (result.TimedOut)
            return $"Ansible had no end after {command.Timeout.TotalSeconds:0} s";
        if (result.ExitCode == EndedByProcessorTime)
            return $"a task had no end after {LimitOfTask.TotalSeconds:0} s";
        var lines = result.StandardError.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var said = Array.Find(lines, line => line.StartsWith("ERROR", StringComparison.Ordinal)
            || line.StartsWith("[ERROR]", StringComparison.Ordinal)) ?? lines.LastOrDefault();
        return $"Ansible ended early with exit code {result.ExitCode}{(said is null ? "" : $": {said}")}";
    }

    private CommandLine Command(RehearsalFolder folder)
    {
        string[] arguments =
        [
            "-i", folder.Inventory,
            .. extraVariables is null ? [] : new[] { "--extra-vars", ExtraVariables.Argument(extraVariables) },
            folder.Playbook,
        ];
        return ansible.Toolchain.Command(AnsibleFinder.Playbook, arguments) with
        {
            Environment = EnvironmentIn(folder),
            WorkingDirectory = folder.Home,
            Timeout = Limit + (LimitOfNode * inventory.Nodes.Count),
        };
    }

    private Dictionary<string, string?> EnvironmentIn(RehearsalFolder folder)
    {
        var environment = ansible.ForInventory();
        environment["ANSIBLE_ROLES_PATH"] = folder.Roles;
        environment["ANSIBLE_STRATEGY_PLUGINS"] = AnsibleEnvironment.Strategies;
        environment["ANSIBLE_HOME"] = folder.Home;
        environment["ANSIBLE_LOCAL_TEMP"] = folder.Home;
        environment["HOME"] = folder.Home;
        environment["USER"] = environment["LOGNAME"] = "nobody";
        environment["ANSIBLE_LOG_PATH"] = "/dev/null";
        environment["ANSIBLE_RETRY_FILES_ENABLED"] = "False";
        environment["ANSIBLE_STDOUT_CALLBACK"] = "minimal";
        // The inventory has all variables in it already.
        environment["ANSIBLE_VARS_ENABLED"] = "";
        environment["ANSIBLE_CALLBACKS_ENABLED"] = environment["ANSIBLE_CALLBACK_WHITELIST"] = "";
        // No line of Python is compiled into anybody's folder.
        environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return environment;
    }

    private async Task<CommandLine> UnprivilegedAsync(
        CommandLine command, RehearsalFolder folder, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return command;
        // As systemd gives to services for the time that they run (systemd.exec(5), DynamicUser): nobody else has it.
        var user = $"{RandomNumberGenerator.GetInt32(61184, 65520)}";
        var handOver = CommandLine.Of("chown", "-hR", $"{user}:{user}", folder.Path);
        var handed = await commands.RunAsync(handOver, cancellationToken: cancellationToken);
        handed.EnsureSucceeded($"Handing {folder.Path} to a user without privileges");
        var mayRead = MayReadAll() ? "-all,+dac_read_search" : "-all";
        return command with
        {
            Program = Which.FindAsRoot(Setpriv)!,
            Arguments =
            [
                "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs",
                "--inh-caps", mayRead, "--ambient-caps", mayRead,
                command.Program, .. command.Arguments,
            ],
        };
    }

    // A container may have been given less than root has elsewhere.
    private static bool MayReadAll() =>
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal))
            is { } line
        && ulong.TryParse(line[7..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var capabilities)
        && (capabilities & (1UL << CapDacReadSearch)) != 0;
}
