namespace KubeLab.Lab;

/// <summary>One node's container: brings it from whatever state it is in to the wanted one.</summary>
internal sealed class NodeContainer(LabNode node, string imageId, NodeContainer.LabServices parts)
{
    internal sealed record LabServices(
        LabFolder Lab, LabNetwork Network, CgroupVersion Cgroups, Lxc Lxc,
        LabKeys Keys, LabBridge Bridge, CommandRunner Commands, ConsoleLog Log);

    private readonly NodeFolder folder = parts.Lab.Of(node.Name);
    private readonly LxcConfiguration configuration = LxcConfiguration.For(node, parts.Network, parts.Lab, parts.Cgroups);
    private readonly NodeCgroup cgroup = new(node.Name, parts.Cgroups);

    /// <summary>Makes, starts, resizes or repairs the node, or does nothing.</summary>
    /// <exception cref="UserError">It can't be made or started.</exception>
    public async Task<NodeChange> EnsureAsync(CancellationToken cancellationToken)
    {
        if (WhyToMakeAgain() is { } reason)
            return await MakeAsync(reason, cancellationToken);
        if (!File.Exists(folder.Configuration))
        {
            parts.Log.Info($"{node.Name} has lost its configuration: writing it again.");
            await WriteConfigurationAsync(cancellationToken);
        }

        var state = await parts.Lxc.StateAsync(node.Name, cancellationToken);
        var thawed = state.Name == "FROZEN";
        if (thawed)
        {
            await parts.Lxc.UnfreezeAsync(node.Name, cancellationToken);
            parts.Log.Done($"{node.Name} was frozen and goes on.");
            state = await parts.Lxc.StateAsync(node.Name, cancellationToken);
        }

        if (!state.IsRunning)
        {
            parts.Log.Info($"{node.Name} is {state.Name.ToLowerInvariant()}: starting it.");
            await StartAsync(cancellationToken);
            return NodeChange.Started;
        }

        var change = await AdjustAsync(state.ProcessId!.Value, cancellationToken);
        return thawed && change == NodeChange.None ? NodeChange.Repaired : change;
    }

    private async Task<NodeChange> AdjustAsync(int init, CancellationToken cancellationToken)
    {
        if (!configuration.DiffersAtMostInMemory(await File.ReadAllTextAsync(folder.Configuration, cancellationToken)))
            return await RestartAsync("its configuration has changed", cancellationToken);
        if (!Lxcfs.IsSeenBy(init))
            return await RestartAsync("lxcfs has been started anew, and it still sees the one before", cancellationToken);
        var onBridge = File.Exists($"/sys/class/net/{parts.Network.Bridge}/brif/{parts.Network.PortOf(node)}/state");
        if (!onBridge && !await parts.Bridge.AttachAsync(node, cancellationToken))
            return await RestartAsync("it has lost its network interface", cancellationToken);
        var memory = await ResizeAsync(cancellationToken);
        if (onBridge || memory != NodeChange.None)
            return memory;
        parts.Log.Done($"{node.Name} is back on {parts.Network.Bridge}.");
        return NodeChange.Repaired;
    }

    private async Task<NodeChange> ResizeAsync(CancellationToken cancellationToken)
    {
        var wanted = NodeLimits.MemoryBytes(node);
        var present = cgroup.MemoryLimit();
        await WriteConfigurationAsync(cancellationToken);
        if (present == wanted)
            return NodeChange.None;
        if (!cgroup.TrySetMemoryLimit(wanted))
            return await RestartAsync(
                $"more than {node.MemoryMb} MB is in use on it, so it can't shrink while it runs", cancellationToken);
        parts.Log.Done(
            $"{node.Name} has {node.MemoryMb} MB now{(present is { } before ? $" (was {before / 1024 / 1024} MB)" : "")}.");
        return NodeChange.Resized;
    }

    private async Task<NodeChange> RestartAsync(string reason, CancellationToken cancellationToken)
    {
        parts.Log.Info($"{node.Name}: {reason}. Restarting it (up to {Lxc.ShutdownLimit.TotalSeconds:0} s for its shutdown).");
        await parts.Lxc.ShutDownAsync(node.Name, cancellationToken);
        await StartAsync(cancellationToken);
        return NodeChange.Restarted;
    }

    // Null when all that a start needs is there, else what to say about it: nothing for a new node.
    private string? WhyToMakeAgain()
    {
        if (!Directory.Exists(folder.Path))
            return "";
        if (!File.Exists(folder.ImageId) || !File.Exists(folder.HostKey)
            || !Directory.Exists(folder.Changes) || !Directory.Exists(folder.Containerd) || !Directory.Exists(folder.Kubelet))
            return $"{node.Name} is half made: making it again.";
        return File.ReadAllText(folder.ImageId).Trim() == imageId ? null : $"{node.Name} runs on another image: making it again.";
    }

    private async Task<NodeChange> MakeAsync(string reason, CancellationToken cancellationToken)
    {
        if (reason.Length > 0)
            parts.Log.Info(reason);
        await new LabNodeRemoval(parts.Lab, parts.Cgroups, parts.Lxc, parts.Commands).RemoveAsync(
            node.Name, keepHostKey: true, cancellationToken);
        Directory.CreateDirectory(folder.Path);
        await parts.Keys.EnsureHostKeyAsync(node, cancellationToken);
        new NodeFiles(parts.Lab).Write(node);
        await WriteConfigurationAsync(cancellationToken);
        await File.WriteAllTextAsync(folder.ImageId, $"{imageId}\n", cancellationToken);
        await StartAsync(cancellationToken);
        return NodeChange.Created;
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await WriteConfigurationAsync(cancellationToken);
        await new StaleMounts(parts.Commands).UnmountAsync(folder, cancellationToken);
        cgroup.Remove();
        await parts.Lxc.StartAsync(node.Name, cancellationToken);
    }

    private async Task WriteConfigurationAsync(CancellationToken cancellationToken)
    {
        var text = configuration.ToString();
        if (!File.Exists(folder.Configuration) || await File.ReadAllTextAsync(folder.Configuration, cancellationToken) != text)
            await File.WriteAllTextAsync(folder.Configuration, text, cancellationToken);
    }
}
