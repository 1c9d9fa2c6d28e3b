using KubeLab.Ansible;

namespace KubeLab.Preflight;

/// <summary>Each file and image that the node is going to download is there to be had from it.</summary>
internal sealed class ArtifactsRule() : NodeRule("artifacts", "Files and images that are downloaded")
{
    private const int Shown = 5;

    public override IReadOnlyList<string> Variables => ImageRegistries.Variables;

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (scene.Artifacts is not { } artifacts)
            return [Skip("only asked for with --deep")];
        if (DownloadHostsRule.Elsewhere(node.Node, scene) is { } elsewhere)
            return [Skip($"the node doesn't download directly: {elsewhere.Name} is set ({elsewhere.Source})")];
        if (artifacts.NothingToAsk is { } reason)
            return [Skip(reason)];
        if (artifacts.Problem is { } problem)
            return [Unknown(node, problem)];
        if (artifacts.Answers.GetValueOrDefault(node.Name) is not { } answers)
            return [Unknown(node, "it was not asked")];
        if (answers.Failure is { } failure)
            return [Unknown(node, $"they were not asked for: {failure}")];
        return answers.Outcomes.Where(each => each.Outcome != ArtifactAnswers.There)
            .GroupBy(each => (Host: HostOf(each.Download), each.Outcome))
            .Select(alike => Judge(node, alike.Key.Host, alike.Key.Outcome, [.. alike.Select(each => each.Download)]))
            .DefaultIfEmpty(Pass($"{answers.Outcomes.Count} asked for, and all there"));
    }

    private Finding Judge(ProbedNode node, string host, string outcome, IReadOnlyList<Download> downloads)
    {
        var names = string.Join(", ", downloads.Take(Shown).Select(each => $"{each.Name} ({each.Reference})"))
            + (downloads.Count > Shown ? $" and {downloads.Count - Shown} more" : "");
        if (outcome.StartsWith("401", StringComparison.Ordinal) || outcome.StartsWith("403", StringComparison.Ordinal))
            return Unknown(
                $"{host} lets nobody ask without a login ({outcome}) for {names}", "See whether the nodes' own login suffices.",
                node.Node);
        var said = outcome == ArtifactAnswers.Page ? "a page to read, such as one to log in at" : outcome;
        return Fail(
            $"{node.Name} gets {said} from {host} in place of {names}",
            outcome.StartsWith("404", StringComparison.Ordinal)
                ? "See that the mirror has just these versions: BundleArtifacts --list-only names what this inventory downloads."
                : $"Let {node.Name} out to {host}, or lead the downloads elsewhere: ServeBundle writes the variables for that.",
            node.Node) with
        { Observed = said, Required = "there", Source = host };
    }

    private static string HostOf(Download download) =>
        download.Url is { } url && Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.Authority
            : download.Reference.Split('/')[0];
}

/// <summary>What nodes found of the artifacts that they are going to download.</summary>
/// <param name="Answers">By the node's name.</param>
/// <param name="Problem">Why nobody knows what they download; null where it is known.</param>
public sealed record ArtifactLook(IReadOnlyDictionary<string, ArtifactAnswers> Answers, string? Problem)
{
    /// <summary>Why there is nothing to ask for; null where there is.</summary>
    public string? NothingToAsk { get; init; }
}
