namespace KubeLab.Lifecycle;

/// <summary>The way of a cluster to another release: what to do before each step, and its command. It is kept as
/// <c>upgrade-plan.json</c>.</summary>
public sealed record UpgradePlan
{
    /// <summary>The file's name in the run's record.</summary>
    public static string FileName => "upgrade-plan.json";

    /// <summary>The checklist's name there.</summary>
    public static string ChecklistFile => "upgrade-plan.md";

    private const int CurrentVersion = 1;

    /// <summary>The version of the format: it rises when a reader of an older one could misread a newer one.</summary>
    public int Version => CurrentVersion;

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>Where it begins: <c>v2.18.2, Kubernetes 1.22.8</c>.</summary>
    public required string From { get; init; }

    /// <summary>Where it ends.</summary>
    public required string To { get; init; }

    /// <summary>The steps in their order.</summary>
    public required IReadOnlyList<UpgradeStep> Steps { get; init; }

    /// <summary>What was found of all of the way, and what isn't known.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>How long all steps take together; null where no record tells.</summary>
    [JsonPropertyName("seconds")]
    public TimeSpan? Duration { get; init; }

    /// <summary>All findings, those of a step with its number.</summary>
    [JsonIgnore]
    public IEnumerable<Finding> All => Findings.Concat(Steps.SelectMany(step => step.Findings.Select(
        finding => finding with { Message = $"Step {step.Number}, {step.Release}: {finding.Message}" })));

    /// <summary>Reads a file of this format.</summary>
    /// <exception cref="JsonException">The text is no such JSON, or of a newer version.</exception>
    public static UpgradePlan Read(ReadOnlySpan<byte> file) => RecordJson.Read<UpgradePlan>(file, CurrentVersion);

    /// <summary>This plan with each of its texts changed.</summary>
    public UpgradePlan With(Func<string, string> change) => this with
    {
        Cluster = change(Cluster),
        From = change(From),
        To = change(To),
        Steps = [.. Steps.Select(step => step with
        {
            Release = change(step.Release),
            Kubernetes = change(step.Kubernetes),
            Etcd = step.Etcd is null ? null : change(step.Etcd),
            Ansible = step.Ansible is null ? null : change(step.Ansible),
            Python = step.Python is null ? null : change(step.Python),
            Command = change(step.Command),
            After = change(step.After),
            Findings = [.. step.Findings.Select(finding => finding.With(change))],
        })],
        Findings = [.. Findings.Select(finding => finding.With(change))],
    };

    /// <summary>The plan as a checklist in Markdown: what is to be done, in its order, each with a box.</summary>
    public string Checklist()
    {
        var text = new StringBuilder($"## Upgrade of {Line(Cluster)}: {Line(From)} to {Line(To)}\n\n");
        if (Duration is { } all)
            text.Append($"About {ConsoleLog.Elapsed(all)} of playbooks.\n\n");
        foreach (var finding in Findings.Where(finding => finding.Status != FindingStatus.Passed))
            text.Append(Box(finding));
        foreach (var step in Steps)
        {
            text.Append($"\n### Step {step.Number} of {Steps.Count}: {Line(step.Summary)}\n\n");
            foreach (var finding in step.Findings.Where(finding => finding.Status != FindingStatus.Passed))
                text.Append(Box(finding));
            text.Append("- [ ] Have a snapshot of etcd that lies elsewhere\n");
            text.Append($"- [ ] Go:\n\n{Indented(MarkdownText.Fenced(step.Command, "sh"))}\n- [ ] {Line(step.After)}\n");
        }

        return text.ToString();
    }

    private static string Box(Finding finding) =>
        $"- [ ] {finding.Status.Mark.Emoji} {Line($"{finding}")}{(finding.Remedy is null ? "" : $" {Line(finding.Remedy)}")}\n";

    private static string Indented(string block) =>
        string.Join('\n', block.TrimEnd().Split('\n').Select(line => $"  {line}")) + "\n";

    private static string Line(string text) => MarkdownText.Inline(text);
}

/// <summary>A step of a plan.</summary>
/// <param name="Release">The release of Kubespray: <c>v2.19.1</c>.</param>
/// <param name="Kubernetes">The Kubernetes that it brings, as the release writes it.</param>
/// <param name="Etcd">The etcd that comes with it; null where the release's tree doesn't say.</param>
/// <param name="Ansible">The Ansible that it wants; null where its tree doesn't say.</param>
/// <param name="Python">The Pythons of this machine that such an Ansible runs on; null where that isn't known.</param>
/// <param name="Command">What goes the step.</param>
/// <param name="After">What is to be written down once it is done.</param>
/// <param name="Findings">What is to be seen to before it.</param>
public sealed record UpgradeStep(
    int Number, string Release, string Kubernetes, string? Etcd, string? Ansible, string? Python, string Command, string After,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>The step in a line.</summary>
    [JsonIgnore]
    public string Summary => string.Join(", ", new[]
    {
        $"Kubespray {Release}", $"Kubernetes {Kubernetes}", Etcd is null ? null : $"etcd {Etcd}",
        Ansible is null ? null : $"Ansible {Ansible}", Python is null ? null : $"Python {Python}",
    }.OfType<string>());
}

/// <summary>Shows a plan on the console.</summary>
public sealed class UpgradePlanTable(ConsoleLog log)
{
    /// <summary>Shows the steps, each with its command, and what isn't known.</summary>
    public void Show(UpgradePlan plan)
    {
        var table = new ConsoleTable().Figures("step").Names("Kubespray").Names("Kubernetes").Names("etcd").Names("Ansible")
            .Names("Python").Figures("to see to");
        foreach (var step in plan.Steps)
            table.Row(
                $"{step.Number}", step.Release, step.Kubernetes, step.Etcd ?? "", step.Ansible ?? "?", step.Python ?? "?",
                $"{step.Findings.Count(finding => finding.Status >= FindingStatus.Warning)}");
        table.Show(log);
        foreach (var step in plan.Steps)
            log.Info($"  {step.Number}. {step.Command}");
        if (plan.Duration is { } duration)
            log.Info($"  About {ConsoleLog.Elapsed(duration)} of playbooks.");
        foreach (var unknown in plan.Findings.Where(finding => finding.Status == FindingStatus.Skipped))
            log.Say(unknown.Status.Mark, $"Not known: {unknown.Message} {unknown.Remedy}");
    }
}
