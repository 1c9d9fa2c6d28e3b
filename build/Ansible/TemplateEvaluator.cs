using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>
/// Lets Ansible resolve variables whose values are templates: KubeLab never guesses what a template means. A strategy of
/// KubeLab's stands in place of tasks, for which Ansible would fork once a node, so that no node is touched and thousands of
/// them take seconds.
/// </summary>
/// <param name="limit">How long that may take for one node; null for far more than it does.</param>
public sealed class TemplateEvaluator(CommandRunner commands, AnsibleEnvironment ansible, TimeSpan? limit = null)
{
    // Far more than it takes on a busy machine: a template may never end, and what was resolved before it counts.
    private readonly TimeSpan limit = limit ?? TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LimitOfNode = TimeSpan.FromMilliseconds(20);

    // Of thousands of nodes that nobody has counted yet.
    private static readonly TimeSpan LimitOfAll = TimeSpan.FromMinutes(3);

    private static readonly JsonSerializerOptions AsWritten = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private sealed record Template(string Variable, JsonElement? Expression);

    private sealed record Part(IReadOnlyList<string>? Hosts, IReadOnlyList<Template> Templates);

    /// <summary>Resolves templates: one call for all of them. One that has no value costs no other.</summary>
    /// <returns>One result a request, in the same order.</returns>
    public async Task<IReadOnlyList<TemplateResult>> ResolveAsync(
        IReadOnlyList<TemplateRequest> requests, CancellationToken cancellationToken = default)
    {
        if (requests.Count == 0)
            return [];
        var nodes = requests.Select((request, index) => (request, index)).GroupBy(each => each.request.Node.Name).ToList();
        var parts = nodes.GroupBy(node => Signature(node.Select(each => each.request))).Select(alike => new Part(
            [.. alike.Select(node => node.Key)],
            [.. alike.First()
                .Select(each => new Template(each.request.Variable, each.request.IsDefault ? each.request.Expression : null))]));
        var answers = await AskAsync([.. parts], limit + (nodes.Count * LimitOfNode), cancellationToken);
        var results = new TemplateResult[requests.Count];
        foreach (var node in nodes)
        {
            foreach (var (position, (request, index)) in node.Index())
                results[index] = Pick(answers.GetValueOrDefault(node.Key), position, request);
        }

        return results;
    }

    /// <summary>Resolves those variables that a host has as templates, of all hosts, as Ansible knows them: the inventory need
    /// not have been read.</summary>
    /// <returns>The results of each host, by the variable's name; nothing where Ansible can't read the inventory.</returns>
    public async Task<ILookup<string, (string Variable, TemplateResult Result)>> ResolveAllAsync(
        IReadOnlyList<string> variables, CancellationToken cancellationToken = default)
    {
        var part = new Part(null, [.. variables.Select(variable => new Template(variable, null))]);
        var answers = await AskAsync([part], limit + LimitOfAll, cancellationToken);
        return answers.SelectMany(host => host.Value.EnumerateArray().Select(answer => (Host: host.Key, answer)))
            .Where(each => each.answer.ValueKind == JsonValueKind.Object
                && each.answer.TryGetProperty("variable", out var name) && name.ValueKind == JsonValueKind.String)
            .Select(each => (each.Host, Variable: each.answer.GetProperty("variable").GetString()!, each.answer))
            .ToLookup(each => each.Host, each => (each.Variable, Result(each.answer, each.Variable)), StringComparer.Ordinal);
    }

    private async Task<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        IReadOnlyList<Part> plan, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var ask = ansible.Ask("ansible", "all", "--module-name", "ansible.builtin.debug") with
        {
            StandardInput = JsonSerializer.Serialize(plan, AsWritten),
            Timeout = timeout,
        };
        var environment = new Dictionary<string, string?>(ask.Environment)
        {
            ["ANSIBLE_STRATEGY_PLUGINS"] = AnsibleEnvironment.Strategies,
            ["ANSIBLE_STRATEGY"] = "kubelab_templates",
        };
        var result = await commands.RunToLimitAsync(ask with { Environment = environment }, cancellationToken: cancellationToken);
        return result.StandardOutput.Split('\n').Select(ReadLine).OfType<(string Node, JsonElement Answers)>()
            .DistinctBy(line => line.Node).ToDictionary(line => line.Node, line => line.Answers);
    }

    /// <summary>Reads a line of the strategy's: <c>{"host": "k8s-m0", "answers": […]}</c>; null where it is none.</summary>
    public static (string Node, JsonElement Answers)? ReadLine(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("host", out var host) && host.ValueKind == JsonValueKind.String
                && document.RootElement.TryGetProperty("answers", out var answers) && answers.ValueKind == JsonValueKind.Array
                ? (host.GetString()!, answers.Clone()) : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static TemplateResult Pick(JsonElement answers, int position, TemplateRequest request)
    {
        if (answers.ValueKind != JsonValueKind.Array || answers.GetArrayLength() <= position
            || answers[position].ValueKind != JsonValueKind.Object)
            return new TemplateResult(null, $"Ansible gave no value of {request.Variable}");
        return Result(answers[position], request.Variable);
    }

    private static TemplateResult Result(JsonElement answer, string variable) => answer.TryGetProperty("value", out var value)
        ? new TemplateResult(value, null)
        : new TemplateResult(null, answer.TryGetProperty("error", out var error) ? Once($"{error}")
            : $"Ansible gave no value of {variable}");

    // Ansible says each cause again for every layer that passes it on.
    private static string Once(string message)
    {
        var said = new List<string>();
        var sentences = message.Split(". ").Select(sentence => sentence.Trim().TrimEnd('.'));
        foreach (var sentence in sentences.Where(sentence => sentence.Length > 0))
        {
            if (!said.Exists(earlier => earlier.Contains(sentence)))
                said.Add(sentence);
        }

        return string.Join(". ", said);
    }

    private static string Signature(IEnumerable<TemplateRequest> requests) =>
        string.Join(
            '\n', requests.Select(request => $"{request.Variable}={(request.IsDefault ? request.Expression.GetRawText() : "")}"));
}
