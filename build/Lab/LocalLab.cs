namespace KubeLab.Lab;

/// <summary>The embedded lab: nodes on this machine, as LXC system containers on a bridge of their own.</summary>
public sealed class LocalLab(
    LabImage image, DebianPackages packages, CommandRunner commands, ConsoleLog log, TimeProvider time,
    LabFolder? folder = null, LabNetwork? network = null)
{
    private const long Megabyte = 1024 * 1024;
    private static readonly TimeSpan SshLimit = TimeSpan.FromSeconds(120);

    private readonly LabFolder folder = folder ?? LabFolder.Default;
    private readonly LabNetwork network = network ?? LabNetwork.Default;

    private Lxc Lxc => new(folder, commands);

    private LabKeys Keys => new(folder, commands);

    private LabBridge Bridge => new(network, commands);

    private Lxcfs Lxcfs => new(folder, commands, log);

    private SharedKernelSettings KernelSettings => new(folder, log);

    private WayOut WayOut => new(network, folder, commands, log);

    private BridgedTraffic BridgedTraffic => new(network, folder, commands, log);

    /// <summary>Brings the lab to just these nodes, each running with its memory and its SSH server answering: makes, starts,
    /// resizes and repairs what isn't so, and removes nodes that aren't wanted any more.</summary>
    /// <param name="hasWayOut">Whether the nodes reach the Internet through this machine.</param>
    /// <returns>What was done to each node.</returns>
    /// <exception cref="UserError">This machine or the list of nodes isn't fit for it, or something fails.</exception>
    public async Task<IReadOnlyDictionary<string, NodeChange>> UpAsync(
        IReadOnlyList<LabNode> nodes, bool hasWayOut, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        Require(nodes);
        if (hasWayOut)
            WayOut.Require();
        using var alone = await LabLock.TakeAsync(log, time, cancellationToken);
        var machine = Require(nodes);
        await new LabPackages(packages, commands, log).EnsureAsync(image.Find() is null, cancellationToken);
        var built = await image.EnsureAsync(cancellationToken);

        LinkImage(built);
        new SeccompPolicy(folder).Write();
        KernelSettings.Keep(nodesRun: Bridge.Exists);
        await Keys.EnsureLoginKeyAsync(cancellationToken);
        await new KernelModules(commands).EnsureAsync(cancellationToken);
        await Lxcfs.EnsureAsync(cancellationToken);
        await RemoveOthersAsync(nodes, machine, cancellationToken);
        if (await Bridge.EnsureAsync(cancellationToken))
            log.Done($"The bridge {network.Bridge} had lost its address or was down, and is up again.");

        var changes = await EnsureNodesAsync(nodes, built, machine.Cgroups!.Value, cancellationToken);
        NodeCgroup.ShareProcessors(nodes.Count, machine.Cgroups!.Value);
        await Keys.WriteKnownHostsAsync(nodes, cancellationToken);
        await WaitForSshAsync(nodes, cancellationToken);
        if (changes.Values.Any(change => change is not (NodeChange.None or NodeChange.Resized)))
        {
            await BridgedTraffic.EnsureAsync(cancellationToken);
            await CheckBridgeAsync(nodes, cancellationToken);
        }

        await SetWayOutAsync(nodes, hasWayOut, cancellationToken);
        Summarize(nodes, changes, time.GetElapsedTime(started));
        return changes;
    }

    /// <summary>Removes the lab: its nodes, bridge, mounts, processes, routes, firewall rules and files; and puts
    /// back the kernel settings that nodes have set. Works on half-made labs
    /// too, and touches nothing that isn't the lab's.</summary>
    /// <param name="removeImage">Whether the node image goes too; else it stays in the cache for the next LabUp.</param>
    /// <returns>Whether there was anything to remove.</returns>
    /// <exception cref="UserError">Something can't be removed; the error says what.</exception>
    public async Task<bool> DownAsync(bool removeImage, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || (!Directory.Exists(folder.Path) && !Bridge.Exists && !removeImage))
        {
            log.Info("There is no lab on this machine.");
            return false;
        }

        if (!Environment.IsPrivilegedProcess)
            throw new UserError("The lab's nodes are containers that only root can end.", "Run the same command with sudo.");
        using var alone = await LabLock.TakeAsync(log, time, cancellationToken);
        var cgroups = NodeCgroup.DetectVersion();
        var names = folder.NodeNames();
        await Task.WhenAll(names.Select(
            name => new LabNodeRemoval(folder, cgroups, Lxc, commands).RemoveAsync(name, keepHostKey: false, cancellationToken)));
        if (cgroups is { } version)
            NodeCgroup.RemoveParents(version);
        KernelSettings.PutBack();
        await WayOut.CloseAsync(cancellationToken);
        var bridgeRemoved = await Bridge.RemoveAsync(cancellationToken);
        await BridgedTraffic.RemoveAsync(cancellationToken);
        await Lxcfs.StopAsync(cancellationToken);
        var filesRemoved = DeleteFolder();
        var imageRemoved = removeImage && await image.RemoveAsync(cancellationToken);
        return SayWhatIsGone(names, bridgeRemoved || filesRemoved, imageRemoved);
    }

    /// <summary>The nodes as they are, wanted ones first; changes nothing, and needs no root where there are none.</summary>
    public async Task<IReadOnlyList<LabNodeStatus>> StatusAsync(IReadOnlyList<LabNode> nodes, CancellationToken cancellationToken)
    {
        var wanted = nodes.Select(node => StatusAsync(node.Name, node, cancellationToken));
        var others = folder.NodeNames().Except(nodes.Select(node => node.Name))
            .Select(name => StatusAsync(name, null, cancellationToken));
        return await Task.WhenAll(wanted.Concat(others));
    }

    private async Task<LabNodeStatus> StatusAsync(string name, LabNode? node, CancellationToken cancellationToken)
    {
        var state = await Lxc.StateAsync(name, cancellationToken);
        var cgroup = state.ProcessId is not null && NodeCgroup.DetectVersion() is { } version
            ? new NodeCgroup(name, version)
            : null;
        var answers = state.IsRunning && node is not null && await SshdProbe.AnswersAsync(node.Address, cancellationToken);
        return new LabNodeStatus(
            name, state.Name.ToLowerInvariant(), node?.Address, cgroup?.MemoryLimit() / Megabyte, cgroup?.MemoryUsed() / Megabyte,
            answers, node is not null, node?.MemoryMb);
    }

    private MachineFacts Require(IReadOnlyList<LabNode> nodes)
    {
        var wrong = LabNodeRules.Check(nodes, network);
        if (wrong.Count > 0)
            throw new UserError(
                string.Join('\n', wrong), "Change the inventory: inventory/lab/inventory.ini, unless --inventory names another.");
        var machine = new MachineProbe(folder, image.Folder).Read();
        var newNodes = nodes.Count(node => !Directory.Exists(folder.Of(node.Name).Path));
        var problems = LabRequirements.Judge(machine, new LabDemand(nodes, network, image.Find() is null, newNodes));
        var words = string.Join('\n', problems.Select(problem => $"  {problem.What}\n    {problem.Remedy}"));
        return problems.Count == 0 ? machine : throw new UserError($"The lab can't be made on this machine:\n{words}");
    }

    // LXC's configuration names the link: it doesn't change with the cache's path, which may have characters that LXC can't read.
    private void LinkImage(NodeImage built)
    {
        Directory.CreateDirectory(folder.Nodes);
        var link = new FileInfo(folder.Image);
        if (link.LinkTarget == built.Path)
            return;
        link.Delete();
        File.CreateSymbolicLink(folder.Image, built.Path);
    }

    private async Task RemoveOthersAsync(IReadOnlyList<LabNode> nodes, MachineFacts machine, CancellationToken cancellationToken)
    {
        foreach (var name in folder.NodeNames().Except(nodes.Select(node => node.Name)))
        {
            await new LabNodeRemoval(folder, machine.Cgroups, Lxc, commands).RemoveAsync(
                name, keepHostKey: false, cancellationToken);
            log.Done($"{name} is removed: the inventory doesn't have it any more.");
        }
    }

    private async Task<IReadOnlyDictionary<string, NodeChange>> EnsureNodesAsync(
        IReadOnlyList<LabNode> nodes, NodeImage built, CgroupVersion cgroups, CancellationToken cancellationToken)
    {
        var parts = new NodeContainer.LabServices(folder, network, cgroups, Lxc, Keys, Bridge, commands, log);
        var changes = await Task.WhenAll(nodes.Select(async node =>
            (node.Name, Change: await new NodeContainer(node, built.Id, parts).EnsureAsync(cancellationToken))));
        return changes.ToDictionary(change => change.Name, change => change.Change);
    }

    private async Task WaitForSshAsync(IReadOnlyList<LabNode> nodes, CancellationToken cancellationToken)
    {
        var waits = nodes.Select(
            async node => (node, Answers: await SshdProbe.WaitAsync(node.Address, SshLimit, time, cancellationToken)));
        var silent = (await Task.WhenAll(waits)).Where(wait => !wait.Answers).Select(wait => wait.node).ToList();
        foreach (var node in silent)
        {
            if (!(await Lxc.StateAsync(node.Name, cancellationToken)).IsRunning)
                throw Lxc.Ended(node.Name, folder.Of(node.Name).Console);
        }

        var names = string.Join(", ", silent.Select(node => $"{node.Name} ({node.Address})"));
        if (silent.Count > 0)
            throw new UserError(
                $"No SSH server answers within {SshLimit.TotalSeconds:0} s on {names}.",
                $"See what the node says: {folder.Of(silent[0].Name).Console}, or {Lxc.OnNode(silent[0].Name, "journalctl", "--boot")}");
    }

    // From the first node to each other one: what a firewall on this machine would stop shows here and not in the playbook.
    private async Task CheckBridgeAsync(IReadOnlyList<LabNode> nodes, CancellationToken cancellationToken)
    {
        foreach (var other in nodes.Skip(1))
        {
            var connect = Lxc.OnNode(
                nodes[0].Name, "timeout", "5", "bash", "-c", "exec 3<> \"/dev/tcp/$0/22\"", other.Address.ToString());
            if (!(await commands.RunAsync(connect, cancellationToken: cancellationToken)).Succeeded)
                throw new UserError(
                    $"{nodes[0].Name} doesn't reach {other.Name} ({other.Address}), though this machine reaches both: a firewall here filters what the bridge {network.Bridge} carries.",
                    $"Let it forward from {network.Bridge} to {network.Bridge}, or set net.bridge.bridge-nf-call-iptables=0.");
        }
    }

    // A node asks the name servers that it was given once; what a playbook writes there later stays.
    private async Task SetWayOutAsync(IReadOnlyList<LabNode> nodes, bool hasWayOut, CancellationToken cancellationToken)
    {
        if (!hasWayOut)
        {
            await WayOut.CloseAsync(cancellationToken);
            return;
        }

        var servers = string.Concat((await WayOut.OpenAsync(cancellationToken)).Select(server => $"nameserver {server}\n"));
        const string write = "grep -q '^nameserver' /etc/resolv.conf || printf %s \"$0\" > /etc/resolv.conf";
        foreach (var node in nodes)
            (await commands.RunAsync(Lxc.OnNode(node.Name, "sh", "-c", write, servers), cancellationToken: cancellationToken))
                .EnsureSucceeded($"Telling {node.Name} its name servers");
    }

    private void Summarize(IReadOnlyList<LabNode> nodes, IReadOnlyDictionary<string, NodeChange> changes, TimeSpan duration)
    {
        var done = changes.Values.Where(change => change != NodeChange.None).GroupBy(change => change)
            .Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}").ToList();
        var changed = done.Count == 0 ? "nothing to do" : string.Join(", ", done);
        log.Done($"{nodes.Count} nodes are up ({changed}), {ConsoleLog.Elapsed(duration)}.");
    }

    // Runs, artifacts and keys of clusters of one's own never lie here; their parent goes only if it is empty.
    private bool DeleteFolder()
    {
        if (!Directory.Exists(folder.Path))
            return false;
        Directory.Delete(folder.Path, recursive: true);
        try
        {
            if (Path.GetDirectoryName(folder.Path) is { } parent && Directory.GetFileSystemEntries(parent).Length == 0)
                Directory.Delete(parent);
        }
        catch (IOException)
        {
            // A disk of its own is mounted there.
        }

        return true;
    }

    private bool SayWhatIsGone(IReadOnlyList<string> names, bool anythingElse, bool imageRemoved)
    {
        log.Done(names.Count > 0
            ? $"{string.Join(", ", names)}: removed, with their network and their files."
            : anythingElse ? "What was left of the lab is removed." : "There was no lab.");
        if (imageRemoved)
            log.Done("The node images are removed.");
        else if (Directory.Exists(image.Folder))
            log.Info($"The node image stays in {image.Folder}, so that the next LabUp takes seconds.");
        return names.Count > 0 || anythingElse || imageRemoved;
    }
}
