using System.Runtime.CompilerServices;
using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// The process of a rehearsal, begun before its inventory and its facts are known: Ansible loads meanwhile what it is made of,
/// which takes longer than to judge a hundred nodes. It is ended, and its folder removed, when it is disposed of.
/// </summary>
public sealed class RehearsingAnsible : IAsyncDisposable
{
    private const string Setpriv = "setpriv";

    // capability(7): may read files whoever owns them, and writes none.
    private const int CapDacReadSearch = 2;

    // SIGXCPU, by which the kernel ends a process beyond its RLIMIT_CPU.
    private const int EndedByProcessorTime = 128 + 24;

    private static readonly TimeSpan LimitOfTask = TimeSpan.FromSeconds(5);

    // From when the facts are known; far more than thousands of nodes take.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static readonly JsonSerializerOptions LineOfJson = new(JsonSerializerDefaults.Web);

    private readonly CommandRunner commands;
    private readonly AnsibleEnvironment ansible;
    private readonly RehearsalFolder folder = new();
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource<Task<IReadOnlyDictionary<string, RehearsalFacts>>> toRehearse =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<CommandResult> running = Task.FromCanceled<CommandResult>(new CancellationToken(canceled: true));

    private RehearsingAnsible(CommandRunner commands, AnsibleEnvironment ansible)
    {
        this.commands = commands;
        this.ansible = ansible;
    }

    /// <summary>Its folder.</summary>
    public string Folder => folder.Path;

    /// <summary>Begins it.</summary>
    /// <param name="extraVariables">The text of <c>--extra-vars</c>; null for none.</param>
    /// <exception cref="UserError">As root, where it could not be made unprivileged.</exception>
    /// <exception cref="IOException">No temporary folder can be made.</exception>
    public static async Task<RehearsingAnsible> BeginAsync(
        CommandRunner commands, AnsibleEnvironment ansible, string? extraVariables)
    {
        var process = new RehearsingAnsible(commands, ansible);
        try
        {
            var command = await process.UnprivilegedAsync(process.Command(extraVariables));
            process.running = commands.RunToLimitAsync(
                command with { LateInput = process.InputAsync() }, cancellationToken: process.ending.Token);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on to the end, once, and ends with it.</summary>
    /// <param name="facts">What is known of each node, once it is known.</param>
    /// <param name="rendersFiles">Whether the files that the release writes are wanted, in place of its asserts.</param>
    /// <returns>What it said, how many plays it was to play, and why it ended early, if it did.</returns>
    /// <exception cref="IOException">Its folder can't be written.</exception>
    public async Task<(string Output, int Plays, string Reason)> RunAsync(
        Inventory inventory, Task<IReadOnlyDictionary<string, RehearsalFacts>> facts, bool rendersFiles,
        CancellationToken cancellationToken)
    {
        await using var cancelling = cancellationToken.Register(ending.Cancel);
        var written = InventoryLines.ReadAll(ansible.Cluster.Inventories, "/").Children;
        var plays = folder.Write(ansible.Distribution, inventory, written, LimitOfTask, rendersFiles);
        toRehearse.SetResult(facts);
        var result = await running;
        return (result.StandardOutput, plays, Reason(result));
    }

    /// <summary>Ends it, and removes its folder, which may hold what was decrypted from a vault.</summary>
    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        folder.Dispose();
    }

    // A line to read the inventory by, as soon as it is written, and one of facts.
    private async IAsyncEnumerable<string> InputAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var facts = await toRehearse.Task.WaitAsync(cancellationToken);
        yield return "\n";
        yield return JsonSerializer.Serialize(await facts.WaitAsync(cancellationToken), LineOfJson) + "\n";
    }

    private static string Reason(CommandResult result)
    {
        if (result.TimedOut)
            return $"Ansible had no end after {result.Command.Timeout.TotalSeconds:0} s";
        if (result.ExitCode == EndedByProcessorTime)
            return $"a task had no end after {LimitOfTask.TotalSeconds:0} s";
        var lines = result.StandardError.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var said = Array.Find(lines, line => line.StartsWith("ERROR", StringComparison.Ordinal)
            || line.StartsWith("[ERROR]", StringComparison.Ordinal)) ?? lines.LastOrDefault();
        return $"Ansible ended early with exit code {result.ExitCode}{(said is null ? "" : $": {said}")}";
    }

    private CommandLine Command(string? extraVariables)
    {
        string[] arguments =
        [
            "-i", folder.Inventory,
            .. extraVariables is null ? [] : new[] { "--extra-vars", ExtraVariables.Argument(extraVariables) },
            folder.Playbook,
        ];
        return ansible.Toolchain.Command(AnsibleFinder.Playbook, arguments) with
        {
            Environment = EnvironmentVariables(),
            WorkingDirectory = folder.Home,
            Timeout = Limit,
        };
    }

    private Dictionary<string, string?> EnvironmentVariables()
    {
        var environment = ansible.ForInventory();
        environment["ANSIBLE_ROLES_PATH"] = folder.Roles;
        environment["ANSIBLE_STRATEGY_PLUGINS"] = AnsibleEnvironment.Strategies;
        environment["ANSIBLE_INVENTORY_PLUGINS"] = AnsibleEnvironment.InventoryPlugins;
        environment["ANSIBLE_INVENTORY_ENABLED"] = "kubelab_waiting";
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

    private async Task<CommandLine> UnprivilegedAsync(CommandLine command)
    {
        if (!Environment.IsPrivilegedProcess)
            return command;
        var program = Which.FindAsRoot(Setpriv) ?? throw new UserError(
            $"{Setpriv} isn't installed, and as root they are not rehearsed", "Install the package util-linux.");
        // As systemd gives to services for the time that they run (systemd.exec(5), DynamicUser): nobody else has it.
        var user = $"{RandomNumberGenerator.GetInt32(61184, 65520)}";
        await HandOverAsync(folder.Home, $"{user}:{user}");
        await HandOverAsync(folder.Path, $"0:{user}");
        folder.ShowToGroup();
        var mayRead = MayReadAll() ? "-all,+dac_read_search" : "-all";
        return command with
        {
            Program = program,
            Arguments =
            [
                "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs",
                "--inh-caps", mayRead, "--ambient-caps", mayRead,
                command.Program, .. command.Arguments,
            ],
        };
    }

    private async Task HandOverAsync(string path, string owner)
    {
        var handed = await commands.RunAsync(CommandLine.Of("chown", owner, path), cancellationToken: ending.Token);
        handed.EnsureSucceeded($"Handing {path} to a user without privileges");
    }

    // A container may have been given less than root has elsewhere.
    private static bool MayReadAll() =>
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal))
            is { } line
        && ulong.TryParse(line[7..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var capabilities)
        && (capabilities & (1UL << CapDacReadSearch)) != 0;
}
