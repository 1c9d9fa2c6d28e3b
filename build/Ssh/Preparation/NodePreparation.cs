namespace KubeLab.Ssh;

/// <summary>What became of a node that was to be reached with a key from now on.</summary>
public sealed record NodePreparation(string Node)
{
    /// <summary>Why its host key is trusted: <c>known</c>, <c>as given</c>, <c>confirmed</c>.</summary>
    public string HostKey { get; init; } = "";

    /// <summary>How it was logged in: <c>key</c> or <c>password</c>.</summary>
    public string Login { get; init; } = "";

    /// <summary>What its scripts said.</summary>
    public PreparationAnswer Answer { get; init; } = new(new Dictionary<string, string>(), []);

    /// <summary>Why it is not prepared; null where it is.</summary>
    public UserError? Failure { get; init; }

    /// <summary>What is well enough to log in, and not enough for a playbook.</summary>
    public IReadOnlyList<string> Warnings => [.. Shortcomings.Where(each => Answer.Of(each.What) == each.State)
        .Select(each => each.Warning)];

    private static readonly (string What, string State, string Warning)[] Shortcomings = [
        ("python", "missing", "Ansible needs Python there: apt-get install python3, or dnf install python3"),
        ("sudo", "missing", "sudo is not installed there, and the login user is not root"),
        ("sudo", "password", "sudo asks for a password: --become-password-file gives it, --create-user makes a rule"),
    ];
}

/// <summary>What the scripts for a node said: lines that begin with <c>kubelab: </c>, a word and its state each.</summary>
/// <param name="Modes">The paths that others could write until now, so that sshd passed over the keys there.</param>
public sealed record PreparationAnswer(IReadOnlyDictionary<string, string> States, IReadOnlyList<string> Modes)
{
    private const string Mark = "kubelab: ";

    /// <summary>Whether a script came to its end.</summary>
    public bool IsWhole => States.ContainsKey("end");

    /// <summary>Why a script stopped; null where it didn't.</summary>
    public string? Failed => States.GetValueOrDefault("failed");

    /// <summary>The state of something: <c>there</c>, <c>added</c>, <c>made</c>, <c>missing</c>; empty for none.</summary>
    public string Of(string what) => States.GetValueOrDefault(what) ?? "";

    /// <summary>Reads an answer; what a login prints beside is passed over.</summary>
    public static PreparationAnswer Parse(string output)
    {
        var lines = output.Split('\n').Where(line => line.StartsWith(Mark, StringComparison.Ordinal))
            .Select(line => PlainText.Of(line[Mark.Length..].TrimEnd()).Split(' ', 2)).ToList();
        var states = new Dictionary<string, string>();
        foreach (var words in lines)
            states[words[0]] = words.Length > 1 ? words[1] : "";
        return new PreparationAnswer(states, [.. lines.Where(words => words is ["mode", _]).Select(words => words[1])]);
    }
}

/// <summary>Shows what became of the nodes, and what is left to do.</summary>
public sealed class NodePreparationTable(ConsoleLog log)
{
    /// <summary>Shows it.</summary>
    /// <exception cref="UserError">Nodes are not prepared.</exception>
    public void Show(IReadOnlyList<NodePreparation> nodes, bool wasDryRun)
    {
        var table = new ConsoleTable().Marks()
            .Columns("node", "host key", "login", "key", "user", "sudo rule", "sudo", "python", "closed to others");
        foreach (var node in nodes)
            table.Row(
                MarkOf(node), node.Node, node.HostKey, node.Login, node.Answer.Of("key"), node.Answer.Of("user"),
                node.Answer.Of("rule"), node.Answer.Of("sudo"), node.Answer.Of("python"), string.Join(' ', node.Answer.Modes));
        table.Show(log);
        foreach (var node in nodes)
        {
            if (node.Failure is { } failure)
                log.Failure($"{node.Node}: {failure.Message}");
            foreach (var warning in node.Warnings)
                log.Warning($"{node.Node}: {warning}");
        }

        if (wasDryRun)
            log.Info("Nothing was changed: --dry-run.");
        var failed = nodes.Count(node => node.Failure is not null);
        if (failed > 0)
            throw new UserError(
                $"{failed} of {nodes.Count} nodes are not prepared.",
                "Mend what is said above, and run it again: what is done stays as it is.");
    }

    private static Mark MarkOf(NodePreparation node) =>
        node.Failure is not null ? Mark.Failed : node.Warnings.Count > 0 ? Mark.Warning : Mark.Passed;
}
