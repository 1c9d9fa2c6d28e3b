namespace KubeLab.Diagnosis;

/// <summary>What is known of a failure before signatures look at what was said.</summary>
public sealed partial class FailureContext
{
    private const int MostErrors = 20;

    private readonly string said;

    private static readonly HashSet<string> Localhosts = new(StringComparer.Ordinal) { "localhost", "127.0.0.1", "::1" };

    /// <summary>Reads a failure.</summary>
    public FailureContext(Failure failure)
    {
        Failure = failure;
        said = SaidText.Plain(failure.Text);
        Doing = DoingReader.Of(failure, said);
        Module = DoingReader.Module(failure);
        Commands = DoingReader.Commands(failure, said);
        CommandLine = string.Join(" ; ", Commands.Select(words => string.Join(' ', words)));
        // Of a traceback, only its last line says what happened.
        var raised = failure.Result.GetValueOrDefault("exception", "").TrimEnd().Split('\n')[^1];
        Said = SaidText.Errors($"{said}\n{raised}".TrimEnd());
        Place = PlaceOf(failure, Doing, said);
        Servers = ServersOf();
    }

    /// <summary>The failure itself.</summary>
    public Failure Failure { get; }

    /// <summary>What the task was doing.</summary>
    public IReadOnlySet<Doing> Doing { get; }

    /// <summary>The module that ran, without its collection; null for those that only run a command.</summary>
    public string? Module { get; }

    /// <summary>The programs that the task ran, each with its arguments.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Commands { get; }

    /// <summary>The programs in one line.</summary>
    public string CommandLine { get; }

    /// <summary>Where the task ran.</summary>
    public Place Place { get; }

    /// <summary>What was said, without remarks where an error stands beside them.</summary>
    public string Said { get; }

    /// <summary>The servers that the task talked to, for lines that name none.</summary>
    public IReadOnlyList<ServerAddress> Servers { get; }

    /// <summary>The servers that anything that was said names.</summary>
    public IReadOnlyList<ServerAddress> NamedServers => ServerReader.In(Said);

    /// <summary>The ids of signatures of which nobody knows whether they match, as it took too long to tell.</summary>
    internal ICollection<string> LeftOpen { get; } = [];

    /// <summary>How many patterns had to be matched, which is what an explanation takes its time for.</summary>
    internal int PatternsTried { get; private set; }

    /// <summary>Where what was said matches, found as they are asked for.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long to tell.</exception>
    internal IEnumerable<Match> Matches(Pattern pattern)
    {
        if (!pattern.MayMatch(Said))
            return [];
        PatternsTried++;
        return pattern.Matches(Said);
    }

    /// <summary>The machine that the task ran on, as it is called in a sentence.</summary>
    public string Machine => Place switch
    {
        Place.Control => "this control machine",
        Place.OtherNode => Failure.DelegatedTo ?? "another node",
        _ => Failure.Nodes.Count == 0 ? "the node" : string.Join(", ", Failure.Nodes),
    };

    /// <summary>The systemd unit that the task was to start, with its ending; null where it was none.</summary>
    public string? Unit
    {
        get
        {
            var named = UnitInText().Match(said) is { Success: true } match ? match.Groups["unit"].Value.TrimEnd('.', ':')
                : Doing.Contains(Diagnosis.Doing.Service) ? Failure.Arguments.GetValueOrDefault("name")
                    ?? Commands.FirstOrDefault(words => DoingReader.Name(words[0]) == "systemctl")?
                .Skip(2).FirstOrDefault(word => !word.StartsWith('-'))
                : null;
            return named is null || UnitEnding().IsMatch(named) ? named : named + ".service";
        }
    }

    /// <summary>What signatures may say in braces, as far as it is known.</summary>
    internal Dictionary<string, string> Values()
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Ansible says unreachable of the node whose task it was, and means the one that it was delegated to.
            ["nodes"] = Failure is { Status: "unreachable", DelegatedTo: not null } ? Machine
                : Failure.Nodes.Count == 0 ? "the node" : string.Join(", ", Failure.Nodes),
            ["task"] = Failure.Task ?? "the task",
            ["machine"] = Machine,
            ["code"] = $"{Failure.ExitCode}",
            ["unit"] = Unit ?? "the service",
            ["item"] = Failure.Item ?? Failure.IncludeItem ?? "the item",
            ["command"] = Commands.Count == 0 ? "the command" : string.Join(' ', Commands[0].Take(6)),
            ["program"] = Commands.Count == 0 ? "the program" : DoingReader.Name(Commands[0][0]),
            ["url"] = Failure.Result.GetValueOrDefault("url") ?? Failure.Arguments.GetValueOrDefault("url") ?? "the address",
            ["host"] = "the server",
            ["address"] = "the server",
            ["errors"] = string.Join('\n', KubeadmError().Matches(Said).Take(MostErrors).Select(error => error.Value)),
        };
        return values;
    }

    private static Place PlaceOf(Failure failure, IReadOnlySet<Doing> doing, string said)
    {
        if (failure.DelegatedTo is { } other)
            return Localhosts.Contains(other) ? Place.Control : failure.Nodes.Contains(other) ? Place.Node : Place.OtherNode;
        return failure.Status == "ansible" || (failure.Nodes.Count > 0 && failure.Nodes.All(Localhosts.Contains))
            || (failure.Status != "unreachable" && (doing.Contains(Diagnosis.Doing.Evaluate)
                || OnControlMachine().IsMatch(failure.Task ?? "") || SaysLocalhost().IsMatch(said)))
            ? Place.Control : Place.Node;
    }

    private IReadOnlyList<ServerAddress> ServersOf()
    {
        var named = new[] { "url", "dest_url", "server", "host_url" }
            .Select(name => Failure.Result.GetValueOrDefault(name) ?? Failure.Arguments.GetValueOrDefault(name))
            .OfType<string>().SelectMany(ServerReader.In).ToList();
        return named.Count > 0 ? [.. named.Select(WithKind)] : [.. Usual().Select(kind => new ServerAddress(kind, "", 0))];
    }

    // A URL whose port and path tell nothing belongs to whom the task talks to.
    private ServerAddress WithKind(ServerAddress server) =>
        server.Kind is null && Usual() is [var usual, ..] && usual != Server.Api ? server with { Kind = usual } : server;

    /// <summary>The servers that a line names, those of the task where it names none.</summary>
    public IReadOnlyList<ServerAddress> ServersOn(string line)
    {
        var named = ServerReader.In(line);
        return named.Any(server => server.Kind is not null || server.Host.Length > 0) ? [.. named.Select(WithKind)] : Servers;
    }

    private IReadOnlyList<Server> Usual() =>
        Doing.Contains(Diagnosis.Doing.ImagePull) || Doing.Contains(Diagnosis.Doing.Image) ? [Server.Registry]
        : Doing.Contains(Diagnosis.Doing.Packages) ? [Server.Repository]
        : Doing.Contains(Diagnosis.Doing.Download) ? [Server.Download]
        : Doing.Contains(Diagnosis.Doing.Etcdctl) ? [Server.Etcd]
        : Doing.Contains(Diagnosis.Doing.Helm) ? []
        : Doing.Contains(Diagnosis.Doing.Kubectl) || Doing.Contains(Diagnosis.Doing.Kubeadm) ? [Server.Api]
        : Doing.Contains(Diagnosis.Doing.AskUrl) && ApiTask().IsMatch(Failure.Task ?? "") ? [Server.Api]
        : Doing.Contains(Diagnosis.Doing.AskUrl) ? [Server.Download]
        : Doing.Contains(Diagnosis.Doing.Connect) ? [Server.Ssh] : [];

    // Tasks that Kubespray delegates to localhost, by their names from v2.18 to v2.31 (roles/download, kubernetes/client,
    // bastion-ssh-config, kubernetes-apps/krew). The facts of all hosts are gathered from the nodes too, but there the plays
    // before would have failed (issue 6454).
    [GeneratedRegex(@"localhost|ansible host|control node$|[Cc]reate local cache|kube artifacts dir|ssh bastion conf|Gather ansible_default_ipv4 from all hosts",
        RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex OnControlMachine();

    [GeneratedRegex(@"on localhost's Python|on the Ansible Controller", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex SaysLocalhost();

    [GeneratedRegex(@"\[ERROR [\w.-]+\]: [^\n]*", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KubeadmError();

    [GeneratedRegex(@"api-?server|healthz|livez|readyz|k8s api", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ApiTask();

    [GeneratedRegex(@"(Unable to \w+ service|Could not find the requested service|Job for|Failed to (re)?start|Unit) '?(?<unit>[\w@.\\-]+)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex UnitInText();

    [GeneratedRegex(@"\.(service|socket|timer|mount|target|slice|path)$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex UnitEnding();
}
