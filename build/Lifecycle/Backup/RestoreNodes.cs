namespace KubeLab.Lifecycle;

/// <summary>The nodes of a restore: what they say of themselves and of etcd, and what is brought to them.</summary>
internal sealed class RestoreNodes(NodeStreams streams, BackupSource source)
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    /// <summary>Asks nodes, all at once.</summary>
    /// <param name="stamp">The restore's name.</param>
    /// <returns>What they say, and why the others don't.</returns>
    public async Task<(IReadOnlyDictionary<string, Told> Told, IReadOnlyList<string> Silent)> SurveyAsync(
        IReadOnlyList<Node> nodes, string stamp, CancellationToken cancellationToken)
    {
        var asked = nodes.Select(async node =>
        {
            try
            {
                return (node.Name, Told: (Told?)await AskAsync(node, stamp, null, cancellationToken), Problem: (string?)null);
            }
            catch (NodeRefusal refusal)
            {
                return (node.Name, Told: null, Problem: refusal.Message);
            }
        });
        var answers = await Task.WhenAll(asked);
        return (
            answers.Where(each => each.Told is not null).ToDictionary(each => each.Name, each => each.Told!),
            [.. answers.Select(each => each.Problem).OfType<string>()]);
    }

    /// <summary>What a node says of itself.</summary>
    /// <exception cref="NodeRefusal">It doesn't, or not to the end.</exception>
    public async Task<Told> AskAsync(
        Node node, string stamp, IReadOnlyDictionary<string, Told>? told, CancellationToken cancellationToken) =>
        Told.Read(await StepAsync(node, "survey", stamp, null, told, cancellationToken))
            ?? throw new NodeRefusal($"{node.Name}: what it says of itself breaks off");

    /// <summary>The keys that its member of etcd holds.</summary>
    /// <exception cref="NodeRefusal">It doesn't say them all.</exception>
    public async Task<IReadOnlyList<string>> KeysAsync(
        Node node, string stamp, IReadOnlyDictionary<string, Told> told, CancellationToken cancellationToken)
    {
        var list = await StepAsync(node, "list", stamp, null, told, cancellationToken);
        var lines = list.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines is [.. var keys, "end=1"] ? keys : throw new NodeRefusal($"{node.Name}: its list of etcd's keys breaks off");
    }

    /// <summary>Does a step of a restore.</summary>
    /// <param name="variables">The lines of a script that set what the step needs.</param>
    /// <param name="told">What the nodes have said; null where they are still to be asked.</param>
    /// <exception cref="NodeRefusal">It isn't done.</exception>
    public Task<string> StepAsync(
        Node node, string step, string stamp, string? variables, IReadOnlyDictionary<string, Told>? told,
        CancellationToken cancellationToken)
    {
        var data = told?.GetValueOrDefault(node.Name)?["data"] is { } known
            ? ShellWords.Quote(known) : "${ETCD_DATA_DIR:-/var/lib/etcd}";
        var script = $"{source.Places.Settings}step={step}\nstamp={stamp}\ndata={data}\n"
            + $"config={ShellWords.Quote(source.Places.Config)}\n{variables}{Resource.Text("Lifecycle/restore.sh")}";
        return TextAsync(node, script, false, cancellationToken);
    }

    /// <summary>Makes a folder in <c>/var/tmp</c> that the login user alone enters.</summary>
    /// <exception cref="NodeRefusal">None can be made.</exception>
    public async Task<string> MakeFolderAsync(Node node, string name, CancellationToken cancellationToken)
    {
        var make = $"umask 077\nmktemp -d /var/tmp/{name}.XXXXXX\n";
        var folder = (await TextAsync(node, make, true, cancellationToken)).Trim();
        return folder.StartsWith($"/var/tmp/{name}.", StringComparison.Ordinal) && !folder.Any(char.IsWhiteSpace)
            ? folder : throw new NodeRefusal($"{node.Name}: no folder can be made in /var/tmp");
    }

    /// <summary>Writes a file of the login user's.</summary>
    /// <exception cref="NodeRefusal">It can't be written.</exception>
    public Task WriteAsync(
        Node node, string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        NamedAsync(node, () => streams.WriteAsync(node, path, write, Limit, cancellationToken));

    /// <summary>What a script says.</summary>
    /// <param name="asLogin">Whether it runs as the user who logs in.</param>
    /// <exception cref="NodeRefusal">It fails.</exception>
    public async Task<string> TextAsync(Node node, string script, bool asLogin, CancellationToken cancellationToken)
    {
        var text = "";
        await NamedAsync(node, () => streams.ReadAsync(
            node, script, async (stream, token) => text = await new StreamReader(stream).ReadToEndAsync(token), Limit,
            asLogin, cancellationToken));
        return text;
    }

    private static async Task NamedAsync(Node node, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (NodeRefusal refusal) when (!refusal.Message.StartsWith($"{node.Name}: ", StringComparison.Ordinal))
        {
            throw new NodeRefusal($"{node.Name}: {refusal.Message}");
        }
    }
}
