using KubeLab.Ansible;
using KubeLab.Ssh;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Lets each node ask for every file and image that it is going to download. Nothing is loaded.</summary>
internal sealed class ArtifactProber(INodeShell shell, ClusterVariables variables)
{
    private const int Seconds = 60;
    private const int Patience = 6;

    private static readonly Lazy<string> Program = new(() => ProbeScript.Read("artifacts.py"));

    /// <summary>Asks from all nodes at once.</summary>
    /// <param name="downloads">What each node downloads.</param>
    public async Task<IReadOnlyDictionary<string, ArtifactAnswers>> ProbeAsync(
        IReadOnlyDictionary<Node, IReadOnlyList<Download>> downloads, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(downloads
            .Select(async each => (each.Key.Name, Answers: await ProbeAsync(each.Key, each.Value, cancellationToken))));
        return answers.ToDictionary(each => each.Name, each => each.Answers);
    }

    /// <summary>The command for a node: the plan is too long for an argument.</summary>
    public static NodeCommand For(IReadOnlyList<ArtifactQuestion> questions, string? interpreter, string marker)
    {
        var plan = JsonSerializer.Serialize(new
        {
            marker,
            seconds = Seconds,
            patience = Patience,
            artifacts = questions.Select(each => new { urls = each.Urls, image = each.IsImage, verifies = each.Verifies }),
        });
        var python = ShellWords.Quote(interpreter ?? "python3");
        var script = $"""
            for candidate in {python} python3 /usr/bin/python3 /usr/libexec/platform-python; do
              command -v "$candidate" > /dev/null && exec "$candidate" -B -c {ShellWords.Quote(Program.Value)} << 'END_OF_PLAN'
            {plan}
            END_OF_PLAN
            done

            """;
        return NodeCommand.Script(script) with { Timeout = TimeSpan.FromSeconds(Seconds + 10), MaxOutput = 256 * 1024 };
    }

    private async Task<ArtifactAnswers> ProbeAsync(
        Node node, IReadOnlyList<Download> downloads, CancellationToken cancellationToken)
    {
        var marker = ProbeScript.NewMarker();
        var registries = new ImageRegistries(variables, node);
        var verifies = variables.Of(node, "download_validate_certs") is not { } validates || validates.IsTrue;
        var questions = downloads.Select(each => each.Url is { } url
            ? new ArtifactQuestion([url], IsImage: false, verifies)
            : new ArtifactQuestion(registries.Manifests(each.Image!), IsImage: true, Verifies: false)).ToList();
        var result = await shell.RunAsync(node, For(questions, NodeProber.PythonInterpreter(node), marker), cancellationToken);
        return result.Failure is { } failure
            ? new ArtifactAnswers([], failure.Message) : ArtifactAnswers.Parse(result.Output, marker, downloads);
    }
}

/// <summary>An artifact that a node asks for.</summary>
/// <param name="Urls">The places where it may be, of which one suffices.</param>
/// <param name="Verifies">Whether a server has to prove who it is.</param>
public sealed record ArtifactQuestion(IReadOnlyList<string> Urls, bool IsImage, bool Verifies);

/// <summary>What a node found of each artifact.</summary>
/// <param name="Outcomes">One a download: <c>there</c>, <c>page</c>, a status, or what the system said.</param>
/// <param name="Failure">Why nothing is known; null where it is.</param>
public sealed record ArtifactAnswers(IReadOnlyList<(Download Download, string Outcome)> Outcomes, string? Failure)
{
    /// <summary>What is said of an artifact that is there.</summary>
    public static string There => "there";

    /// <summary>What is said of one in whose place a page to read is given.</summary>
    public static string Page => "page";

    /// <summary>Reads what <c>artifacts.py</c> says, however damaged.</summary>
    public static ArtifactAnswers Parse(string output, string marker, IReadOnlyList<Download> downloads)
    {
        var lines = output.Split('\n').Where(line => line.StartsWith($"{marker} ", StringComparison.Ordinal))
            .Select(line => line[(marker.Length + 1)..].TrimEnd('\r')).ToList();
        if (lines.Count == 0)
            return new ArtifactAnswers([], "it gave no answer in time, or has no Python 3");
        var said = lines.SkipLast(1).Select(line => line.Split(' ', 2)).ToList();
        var isWhole = output.EndsWith('\n') && lines[^1] == $"end {downloads.Count}" && said.Count == downloads.Count
            && said.Index().All(each => each.Item.Length == 2 && each.Item[0] == $"{each.Index}");
        return isWhole
            ? new ArtifactAnswers([.. downloads.Zip(said, (download, words) => (download, PlainText.Line(words[1])))], null)
            : new ArtifactAnswers([], "its answer did not come whole");
    }
}

/// <summary>Where a node's container engine asks for an image: the registry's mirrors, then the registry itself, with TLS
/// unless the settings name it without.</summary>
internal sealed class ImageRegistries(ClusterVariables variables, Node node)
{
    private const string Mirrors = "containerd_registries_mirrors";
    private const string Insecure = "containerd_insecure_registries";
    private static readonly string[] Plain = ["docker_insecure_registries", "crio_insecure_registries"];

    /// <summary>The variables that say so.</summary>
    public static IReadOnlyList<string> Variables { get; } = [Mirrors, Insecure, .. Plain];

    /// <summary>The addresses of an image's manifest, in the order in which they are asked.</summary>
    public IReadOnlyList<string> Manifests(string image)
    {
        var slash = image.IndexOf('/');
        var registry = image[..slash];
        var at = image.IndexOf('@');
        var colon = at > 0 ? at : image.LastIndexOf(':');
        var (name, tag) = colon > slash ? (image[(slash + 1)..colon], image[(colon + 1)..]) : (image[(slash + 1)..], "latest");
        return [.. Servers(registry).Distinct().Select(server => $"{server}/v2/{name}/manifests/{tag}")];
    }

    private IEnumerable<string> Servers(string registry)
    {
        foreach (var server in Named(registry))
            yield return server.TrimEnd('/');
        if (Plain.Any(variable => Value(variable) is { ValueKind: JsonValueKind.Array } list
            && list.EnumerateArray().Any(each => each.ToString() == registry)))
            yield return $"http://{registry}";
        yield return registry == "docker.io" ? "https://registry-1.docker.io" : $"https://{registry}";
    }

    private IEnumerable<string> Named(string registry)
    {
        if (Value(Insecure) is { ValueKind: JsonValueKind.Object } map && map.TryGetProperty(registry, out var addresses))
            return addresses.ValueKind == JsonValueKind.Array
                ? addresses.EnumerateArray().Select(each => each.ToString()) : [$"{addresses}"];
        return Value(Mirrors) is not { ValueKind: JsonValueKind.Array } mirrors ? [] : mirrors.EnumerateArray()
            .Where(each => Text(each, "prefix") == registry)
            .SelectMany(each => each.TryGetProperty("mirrors", out var hosts) && hosts.ValueKind == JsonValueKind.Array
                ? hosts.EnumerateArray().Select(host => Text(host, "host")).OfType<string>() : []);
    }

    private JsonElement? Value(string name) => variables.Of(node, name) is { Unresolved: null } variable ? variable.Value : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value.ToString() : null;
}
