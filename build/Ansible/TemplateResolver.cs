using System.Text.Json;
using KubeLab.Clusters;
using KubeLab.Commands;
using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>Lets Ansible resolve variables whose values are templates: KubeLab never guesses what a template means.</summary>
public sealed class TemplateResolver(
    CommandRunner commands, AnsibleToolchain toolchain, AnsibleEnvironment environment, Distribution distribution, Cluster cluster)
{
    /// <summary>Resolves variables of one node, without touching it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="variables">The variables' names.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The values that could be resolved.</returns>
    public async Task<IReadOnlyDictionary<string, JsonElement>> ResolveAsync(
        Node node, IReadOnlyList<string> variables, CancellationToken cancellationToken = default)
    {
        var expression = string.Join(", ", variables.Select(name => $"'{name}': {name}"));
        var debug = toolchain.Command(
            "ansible", "-i", cluster.InventoryFile, node.Name, "-m", "debug", "-a", $"msg={{{{ {{{expression}}} | to_json }}}}") with
        {
            Environment = new Dictionary<string, string?>(environment.ForInventory(), StringComparer.Ordinal)
            {
                ["ANSIBLE_LOAD_CALLBACK_PLUGINS"] = "True",
                ["ANSIBLE_STDOUT_CALLBACK"] = "json",
            },
            WorkingDirectory = distribution.Directory,
        };
        var result = await commands.RunAsync(debug, cancellationToken: cancellationToken);
        return result.Succeeded ? ReadMessage(result.StandardOutput) : new Dictionary<string, JsonElement>(StringComparer.Ordinal);
    }

    private static Dictionary<string, JsonElement> ReadMessage(string output)
    {
        try
        {
            using var document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
            var message = document.RootElement.GetProperty("plays")[0].GetProperty("tasks")[0].GetProperty("hosts")
                .EnumerateObject().First().Value.GetProperty("msg");
            using var values = JsonDocument.Parse(message.ValueKind == JsonValueKind.String ? message.GetString()! : message.GetRawText());
            return values.RootElement.Clone().EnumerateObject().ToDictionary(each => each.Name, each => each.Value, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or IndexOutOfRangeException)
        {
            return new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        }
    }
}
