namespace KubeLab.Ssh;

/// <summary>What is wanted of nodes that only know a password.</summary>
public sealed record PreparationPlan
{
    /// <summary>Who logs in first; null for the user that Ansible logs in as, or root where that one is made.</summary>
    public string? FirstUser { get; init; }

    /// <summary>A file with that user's password; null for the environment or the terminal.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>A file with the password that takes the place of one that has expired.</summary>
    public string? NewPasswordFile { get; init; }

    /// <summary>A file of the nodes' fingerprints; null to ask.</summary>
    public string? Fingerprints { get; init; }

    /// <summary>Whether the user that Ansible logs in as is made, with a rule for sudo.</summary>
    public bool CreateUser { get; init; }

    /// <summary>Whether everything is only looked at.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>Lets the key of this machine log in on nodes: what is there already stays, and what is missing is added.</summary>
public sealed class NodePreparer(
    Cluster cluster, SshOptions options, CommandRunner commands, PreparationPlan plan, IPrompt prompt)
{
    // In OpenSSH's own order of preference.
    private static readonly string[] KeyTypes = [
        "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", "rsa-sha2-512,rsa-sha2-256",
    ];

    private readonly HostKeyGuard guard = new(options, commands);
    private readonly KnownHosts known = KnownHosts.Read(NodeShells.KnownHostsFiles(cluster));

    private readonly HostKeyConsent consent = new(
        KnownHosts.Read(NodeShells.KnownHostsFiles(cluster)),
        plan.Fingerprints is { } file ? GivenFingerprints.Read(file) : null, prompt);

    /// <summary>Prepares nodes, side by side; one that fails stops no other. No password is asked for before all host keys are
    /// judged.</summary>
    /// <exception cref="UserError">The host keys can't be pinned.</exception>
    public async Task<IReadOnlyList<NodePreparation>> RunAsync(
        IReadOnlyList<Node> nodes, CancellationToken cancellationToken = default)
    {
        var seen = await Task.WhenAll(nodes.Select(node => LookAsync(node, cancellationToken)));
        for (var i = 0; i < seen.Length; i++)
            seen[i] = await TrustAsync(seen[i], cancellationToken);
        var trusted = seen.Where(each => each.Row.Failure is null).ToList();
        if (!plan.IsDryRun)
            Pin(trusted);
        var folder = Directory.CreateTempSubdirectory("kubelab-hosts-");
        try
        {
            var file = Path.Combine(folder.FullName, "known_hosts");
            await File.WriteAllLinesAsync(file, trusted.Select(each => $"{each.Key}"), cancellationToken);
            using var password = new PasswordSource(
                prompt, $"Password of {plan.FirstUser ?? (plan.CreateUser ? "root" : "the login user")} on the nodes",
                plan.PasswordFile, "--first-password-file", "KUBELAB_FIRST_PASSWORD");
            using var newPassword = new PasswordSource(
                prompt, "It has expired. New password", plan.NewPasswordFile, "--new-password-file", "KUBELAB_NEW_PASSWORD",
                isNew: true);
            var work = new NodeWork(
                plan, new KeyLogin(options, commands, file), new PublicKey(options, commands),
                new PasswordLogin(
                    (node, token) => PasswordOf(node, password, token), newPassword, options.ConnectTimeout));
            return await Task.WhenAll(seen.Select(async each => each.Row.Failure is null
                ? await TriedAsync(each.Row, () => work.DoAsync(each.Connection!, each.Key!, each.Row, cancellationToken))
                : each.Row));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<Seen> LookAsync(Node node, CancellationToken cancellationToken)
    {
        var seen = new Seen(new NodePreparation(node.Name), null, null);
        try
        {
            await guard.RequireAsync(node, cancellationToken);
            var to = new NodeConnection(
                node, await new EffectiveConnections(options, commands).OfAsync(node, cancellationToken));
            var scanner = new HostKeyScanner(options, commands);
            var port = int.Parse(to.Connection.Port, CultureInfo.InvariantCulture);
            // A host shows one key of several: first one of a type that is known.
            var types = string.Join(',', known.TypesFor(to.Connection.Address, port).SelectMany(HostKey.Algorithms));
            var key = await scanner.ScanAsync(node, types.Length > 0 ? types : null, cancellationToken);
            return seen with { Connection = to, Key = await AsGivenAsync(scanner, to, key, cancellationToken) };
        }
        catch (UserError error)
        {
            return seen with { Row = seen.Row with { Failure = error } };
        }
    }

    // A fingerprint may be of another of the node's keys than the one that it shows first.
    private async Task<HostKey> AsGivenAsync(
        HostKeyScanner scanner, NodeConnection to, HostKey first, CancellationToken cancellationToken)
    {
        if (plan.Fingerprints is null || consent.Accepts(to, first))
            return first;
        foreach (var types in KeyTypes.Where(types => !types.Contains(first.Type, StringComparison.Ordinal)))
        {
            try
            {
                if (await scanner.ScanAsync(to.Node, types, cancellationToken) is var key && consent.Accepts(to, key))
                    return key;
            }
            catch (UserError)
            {
                // It has no key of that type.
            }
        }

        return first;
    }

    private async Task<Seen> TrustAsync(Seen seen, CancellationToken cancellationToken) => seen.Row.Failure is not null
        ? seen
        : seen with
        {
            Row = await TriedAsync(seen.Row, async () => seen.Row with
            { HostKey = await consent.AskAsync(seen.Connection!, seen.Key!, cancellationToken) }),
        };

    // From now on ssh and Ansible go by them too; once there are pins, no other file counts.
    private void Pin(IReadOnlyList<Seen> trusted)
    {
        var pins = new HostPins(cluster);
        if (cluster.Settings.Ssh.KnownHosts is { } other && other != cluster.PinnedHostsFile)
        {
            if (trusted.Any(each => each.Row.HostKey != "known"))
                pins.RequireInForce();
            return;
        }

        if (trusted.Count > 0)
            pins.Pin(pins.Compare(trusted.ToDictionary(each => each.Row.Node, each => each.Key!)), replaceChanged: false);
    }

    // The inventory's own is that of the user that Ansible logs in as.
    private Task<Password> PasswordOf(Node node, PasswordSource common, CancellationToken cancellationToken)
    {
        string[] names = ["ansible_password", "ansible_ssh_pass", "ansible_ssh_password"];
        var own = plan.FirstUser is null && !plan.CreateUser
            ? names.Select(name => NodeBecome.Plain(node.Text(name))).FirstOrDefault(text => text is not null) : null;
        return own is null
            ? common.GetAsync(cancellationToken)
            : Task.FromResult(new Password(Encoding.UTF8.GetBytes(own), $"{node.Name}: the inventory"));
    }

    private static async Task<NodePreparation> TriedAsync(NodePreparation row, Func<Task<NodePreparation>> work)
    {
        try
        {
            return await work();
        }
        catch (UserError error)
        {
            return row with { Failure = error };
        }
    }

    private sealed record Seen(NodePreparation Row, NodeConnection? Connection, HostKey? Key);
}
