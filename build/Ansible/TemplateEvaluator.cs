using KubeLab.Variables;

namespace KubeLab.Ansible;

/// <summary>Lets Ansible resolve variables whose values are templates: KubeLab never guesses what a template means. The
/// <c>debug</c> action runs on the control machine alone, so no node is touched.</summary>
public sealed class TemplateEvaluator(CommandRunner commands, AnsibleEnvironment ansible)
{
    /// <summary>Resolves templates: one call for all nodes that ask for the same ones.</summary>
    /// <returns>One result a request, in the same order.</returns>
    public async Task<IReadOnlyList<TemplateResult>> ResolveAsync(
        IReadOnlyList<TemplateRequest> requests, CancellationToken cancellationToken = default)
    {
        var results = new TemplateResult[requests.Count];
        var byNode = requests.Select((request, index) => (request, index)).GroupBy(each => each.request.Node.Name);
        foreach (var alike in byNode.GroupBy(node => Signature(node.Select(each => each.request))))
        {
            var nodes = alike.ToDictionary(node => node.Key, node => node.ToList());
            var answers = await AskAsync(
                [.. nodes.Keys], [.. nodes.Values.First().Select(each => each.request)], cancellationToken);
            foreach (var (node, asked) in nodes)
            {
                for (var position = 0; position < asked.Count; position++)
                    results[asked[position].index] = Pick(answers.GetValueOrDefault(node), position, asked[position].request);
            }
        }

        return results;
    }

    private async Task<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        IReadOnlyList<string> nodes, IReadOnlyList<TemplateRequest> templates, CancellationToken cancellationToken)
    {
        // Role defaults are no variables of an ad hoc run, so they are handed over under names of their own.
        var defaults = templates.Select((template, position) => (template, position)).Where(each => each.template.IsDefault)
            .ToDictionary(each => $"kubelab_{each.position}", each => each.template.Expression);
        var expressions = templates.Select(
            (template, position) => $"'{position}': {(template.IsDefault ? $"kubelab_{position}" : template.Variable)}");
        var message = $"{{{{ {{{string.Join(", ", expressions)}}} | to_json }}}}";
        var debug = ansible.Ask(
            "ansible",
            string.Join(',', nodes), "--one-line", "--module-name", "ansible.builtin.debug",
            "--args", JsonSerializer.Serialize(new Dictionary<string, string>() { ["msg"] = message }),
            "--extra-vars", JsonSerializer.Serialize(defaults));
        var result = await commands.RunAsync(debug, cancellationToken: cancellationToken);
        return result.StandardOutput.Split('\n').Select(ReadLine).OfType<(string Node, JsonElement Answer)>()
            .DistinctBy(line => line.Node).ToDictionary(line => line.Node, line => line.Answer);
    }

    /// <summary>Reads a line of <c>ansible --one-line</c>: <c>k8s-m0 | SUCCESS => {"msg": …}</c>; null for others.</summary>
    public static (string Node, JsonElement Answer)? ReadLine(string line)
    {
        var bar = line.IndexOf(" | ", StringComparison.Ordinal);
        var arrow = line.IndexOf("=> ", StringComparison.Ordinal);
        if (bar <= 0 || arrow < bar)
            return null;
        try
        {
            using var document = JsonDocument.Parse(line[(arrow + 3)..]);
            return (line[..bar], document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TemplateResult Pick(JsonElement answer, int position, TemplateRequest request)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("msg", out var message))
            return new TemplateResult(null, $"Ansible gave no value of {request.Variable}");
        try
        {
            // Ansible turns a message that looks like JSON back into a structure.
            var values = message.ValueKind == JsonValueKind.String
                ? JsonSerializer.Deserialize<JsonElement>(message.GetString()!)
                : message;
            return values.ValueKind == JsonValueKind.Object && values.TryGetProperty($"{position}", out var value)
                ? new TemplateResult(value, null)
                : new TemplateResult(null, Once(message.ToString()));
        }
        catch (JsonException)
        {
            return new TemplateResult(null, Once(message.ToString()));
        }
    }

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
