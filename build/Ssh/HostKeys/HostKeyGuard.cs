namespace KubeLab.Ssh;

/// <summary>Sees to it that nothing beside KubeLab's own options decides which host key of a node is accepted: neither what the
/// inventory gives ssh, nor the user's own configuration, nor Ansible's variables, nor another line beside the pin.</summary>
public sealed class HostKeyGuard(SshOptions options, CommandRunner commands)
{
    // What reaches a node by another client, or by a connection that was opened without a look at its key.
    private static readonly string[] Detours = ["ansible_ssh_executable", "ansible_control_path", "ansible_ssh_control_path"];
    private static readonly string[] DetoursOfEnvironment = ["ANSIBLE_SSH_EXECUTABLE"];
    private static readonly string[] Clients = ["ssh", "smart", "local"];

    private readonly EffectiveConnections connections = new(options, commands);
    private readonly Lazy<KnownHosts> pins = new(() => KnownHosts.Read(NodeShells.KnownHostsFiles(options.Cluster)));
    private readonly Lazy<bool> mayBeOverruled = new(() => OwnConfiguration.Mentions("HostKeyAlias", "KnownHostsCommand"));

    private string? Pins => options.Cluster.Settings.Ssh.KnownHosts;

    /// <summary>Makes sure that a node's host key is accepted by the files that KubeLab names alone.</summary>
    /// <exception cref="UserError">Something else would decide; it is named.</exception>
    public async Task RequireAsync(Node node, CancellationToken cancellationToken = default)
    {
        if (node.IsLocal)
            return;
        if (Pins is not null)
            RequireOwnClient(node);
        var arguments = SshOptions.ArgumentVariables.Where(name => SshOptions.Given(node, name) is not null).ToList();
        if (!mayBeOverruled.Value && arguments.Count == 0)
        {
            // Then ssh does what KubeLab's own options say.
            RequirePin(node, node.Address, SshOptions.Port(node) ?? "22");
            return;
        }

        var connection = await connections.OfAsync(node, cancellationToken);
        foreach (var (keyword, isOurs) in Expected(connection))
        {
            var value = connection.Value(keyword.ToLowerInvariant());
            var from = arguments.Find(
                name => SshOptions.Given(node, name)!.Contains(keyword, StringComparison.OrdinalIgnoreCase));
            // What the inventory says is the truth as long as no key is pinned.
            if (!isOurs(value) && (Pins is not null || from is null))
                throw Refused(node, $"{keyword} {value}", from ?? (arguments.Count > 0
                    ? $"{string.Join(" or ", arguments)}, or your ssh_config" : "your ssh_config"));
        }

        RequirePin(node, connection.Address, connection.Port);
    }

    /// <inheritdoc cref="RequireAsync(Node, CancellationToken)" />
    public Task RequireAsync(IEnumerable<Node> nodes, CancellationToken cancellationToken = default) =>
        Task.WhenAll(nodes.Select(node => RequireAsync(node, cancellationToken)));

    private void RequireOwnClient(Node node)
    {
        if (Detours.FirstOrDefault(name => !string.IsNullOrEmpty(node.Text(name))) is { } variable)
            throw Refused(node, $"{variable}={node.Text(variable)}", "the inventory");
        if (node.Text("ansible_connection") is { } client && !Clients.Contains(client.Split('.')[^1]))
            throw Refused(node, $"ansible_connection={client}", "the inventory");
        foreach (var name in DetoursOfEnvironment)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } program)
                throw Refused(node, $"{name}={program}", "the environment");
        }

        var transport = Environment.GetEnvironmentVariable("ANSIBLE_TRANSPORT");
        if (node.Text("ansible_connection") is null && !string.IsNullOrEmpty(transport) && !Clients.Contains(transport))
            throw Refused(node, $"ANSIBLE_TRANSPORT={transport}", "the environment");
    }

    // As ssh -G prints them (readconf.c, dump_client_config): "true" is what a configuration calls yes.
    private IEnumerable<(string Keyword, Func<string?, bool> IsOurs)> Expected(EffectiveConnection connection)
    {
        yield return ("HostKeyAlias", IsNone);
        yield return ("KnownHostsCommand", IsNone);
        if (Pins is not { } file)
            yield break;
        var check = options.Cluster.Settings.Ssh.HostKeyChecking;
        yield return ("StrictHostKeyChecking", value => value == (check == "yes" ? "true" : check == "no" ? "false" : check));
        yield return ("UserKnownHostsFile", value => value == file);
        yield return ("GlobalKnownHostsFile", value => value == "/dev/null");
        yield return ("VerifyHostKeyDNS", value => value is "false" or "no");
        yield return ("NoHostAuthenticationForLocalhost", value => value is "false" or "no");
        yield return ("ControlPath", value => IsNone(value)
            || value!.StartsWith($"{options.ControlDirectory}/", StringComparison.Ordinal));

        static bool IsNone(string? value) => value is null or "none";
    }

    // The pins themselves: one key of a type, under the very name by which ssh will look for it.
    private void RequirePin(Node node, string address, string port)
    {
        if (Pins is null)
            return;
        var number = int.Parse(port, CultureInfo.InvariantCulture);
        if (pins.Value.Beside(address, number) is { } line)
            throw new UserError(
                $"{node.Name}: line {line} of {Pins} would let another host key in than the one that is pinned for {address}.",
                "Take out the line, or the pin that is wrong: a pin is one key of a type, and no certificate authority stands beside it.");
        if (options.Cluster.Settings.Ssh.HostKeyChecking != "yes" && pins.Value.IsPinnedElsewhere(address, number))
            throw new UserError(
                $"{node.Name}: {address} is pinned in {Pins}, but not with port {port}, so any key would be accepted there.",
                "Pin it there too: ./build.sh PinHosts. Or correct ansible_port.");
    }

    private UserError Refused(Node node, string what, string from) => new(
        $"{node.Name}: {PlainText.Of(what)}, from {from}, would decide which host key is accepted, in place of {Pins ?? "kubelab.yml"}.",
        "Take it out for this node. Host keys are pinned by ./build.sh PinHosts, and named by ssh.known_hosts in kubelab.yml.");
}
