using KubeLab.Ssh;
using Nuke.Common;

// Being on a node, by the way that Ansible goes there.
sealed partial class Build
{
    [Parameter("Ssh: only prints the command line. Default: no")]
    readonly bool Print;

    [Parameter("Ssh: writes an ssh_config with all nodes, to use or to include, and prints its path. Default: no")]
    readonly bool Config;

    [Parameter("PrepareNodes: who logs in with a password. Default: the user that Ansible logs in as; with --create-user, root")]
    readonly string? FirstUser;

    [Parameter("PrepareNodes: a file with that password. Default: KUBELAB_FIRST_PASSWORD, else it is asked for")]
    readonly string? FirstPasswordFile;

    [Parameter("PrepareNodes: a file with the password in place of one that has expired. Default: KUBELAB_NEW_PASSWORD, else asked")]
    readonly string? NewPasswordFile;

    [Parameter("PrepareNodes: a file of the nodes' host key fingerprints, from their consoles. Default: each is asked about")]
    readonly string? Fingerprints;

    [Parameter("PrepareNodes: makes the user that Ansible logs in as, with sudo without a password. Default: no")]
    readonly bool CreateUser;

    [Parameter("PrepareNodes: only looks, and changes nothing. Default: no")]
    readonly bool DryRun;

    static IReadOnlyList<string>? givenCommand;
    static EngineOutput? engineOutput;

    // Standard output is the command's, or the one line that was asked for.
    static bool AsksForSsh =>
        Arguments.TakeWhile(argument => !argument.StartsWith('-')).Any(target => OptionCheck.IsSame(target, nameof(Ssh)))
        && !Arguments.Any(argument => OptionCheck.IsSame(argument, "Help") || OptionCheck.IsSame(argument, "Plan"));

    Target PrepareNodes => _ => _
        .Description("The first login on machines that only know a password: puts your key there (--fingerprints, --create-user)")
        .DependsOn(InstallRequirements)
        .Executes(() => CleanAsync(async () =>
        {
            var inventory = (await Deployment).Inventory;
            var nodes = Node.Length > 0
                ? Node.Select(inventory.Named) : inventory.Nodes.Concat(inventory.Others).Where(node => !node.IsLocal);
            if (!DryRun)
                TakeLock();
            var plan = new PreparationPlan
            {
                FirstUser = FirstUser,
                PasswordFile = FirstPasswordFile,
                NewPasswordFile = NewPasswordFile,
                Fingerprints = Fingerprints,
                CreateUser = CreateUser,
                IsDryRun = DryRun,
            };
            var preparer = new NodePreparer(Cluster, SshOptions, Commands, plan, new Terminal(Commands));
            new NodePreparationTable(Console).Show(await preparer.RunAsync([.. nodes], Interruption), DryRun);
        }));

    Target Ssh => _ => _
        .Description("Opens a session on a node, or runs there what stands behind --, as Ansible connects (--node)")
        .Executes(() => CleanAsync(async () =>
        {
            if (!Config && Node.Length != 1)
                throw new UserError(
                    Node.Length == 0 ? "No node is named." : "Several nodes are named.",
                    "./build.sh Ssh --node <name>, or --config for all of them.");
            if (Config)
                engineOutput?.Answer(await WriteSshConfigAsync());
            else
                await BeOnAsync((await Deployment).Inventory.Named(Node[0]));
        }));

    async Task BeOnAsync(Node node)
    {
        var line = await new OpenSshShell(SshOptions, Commands).SessionForAsync(node, givenCommand ?? [], Interruption);
        if (Print)
        {
            engineOutput?.Answer($"{line}");
            return;
        }

        engineOutput?.Drop();
        var exitCode = await CommandRunner.RunInPlaceAsync(line, Interruption);
        if (!Interruption.IsCancellationRequested)
            ExitCode = exitCode;
    }

    async Task<string> WriteSshConfigAsync()
    {
        var nodes = await ConnectionsAsync();
        var file = System.IO.Path.Combine(Cluster.ArtifactsDirectory, "ssh_config");
        SshOptions.PrepareControlDirectory();
        Aside.Write(file, SshConfigFile.Text(SshOptions, nodes), UnixFile.Private);
        Console.Done($"{nodes.Count} nodes: ssh -F {ShellWords.Quote(file)} <node>, or, first in ~/.ssh/config: Include \"{file}\"");
        return file;
    }

    // Those that ssh reaches.
    async Task<IReadOnlyList<NodeConnection>> ConnectionsAsync()
    {
        var inventory = (await Deployment).Inventory;
        var asking = new EffectiveConnections(SshOptions, Commands);
        return await asking.OfAsync(inventory.Nodes.Concat(inventory.Others).Where(node => !node.IsLocal), Interruption);
    }

    static void VerifyGivenCommand()
    {
        givenCommand = GivenCommand.Take(
            Environment.GetEnvironmentVariables(), name => Environment.SetEnvironmentVariable(name, null));
        if (givenCommand is not null && !AsksForSsh)
            throw new UserError(
                "What stands behind -- is a command for a node, and only Ssh runs one.",
                "./build.sh Ssh --node <name> -- <command>");
    }
}
