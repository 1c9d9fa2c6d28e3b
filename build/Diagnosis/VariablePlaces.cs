using KubeLab.Variables;

namespace KubeLab.Diagnosis;

/// <summary>Names for each variable of a remedy the inventory's file and line that sets it, or the file to write it in.</summary>
public sealed partial class VariablePlaces(ClusterVariables variables, Inventory inventory)
{
    private const int Most = 5;

    /// <summary>An explanation whose remedy says where its variables stand; itself where it names none that there is.</summary>
    public Explanation In(Explanation explanation)
    {
        var node = inventory.Nodes.FirstOrDefault(each => explanation.Nodes.Contains(each.Name));
        var places = Name().Matches(explanation.Remedy).Select(match => match.Value).Distinct()
            .Select(name => Place(name, node)).OfType<string>().Take(Most).ToList();
        return places.Count == 0 ? explanation
            : explanation with { Remedy = $"{explanation.Remedy}\n{string.Join('\n', places)}" };
    }

    private string? Place(string name, Node? node) =>
        (node is null ? variables.OfCluster(name) : variables.Of(node, name)) is not { } variable
            ? variables.HasDefault(name) ? NotSet(name) : null
            : variable.IsDefault ? NotSet(name) : $"{name} is set in {variable.Source}";

    private string NotSet(string name) => $"{name} is not set: {variables.FileForAllNodes} is where to write it";

    [GeneratedRegex(@"(?<![\w./<{-])[a-z][a-z0-9]*(_[a-z0-9]+)+(?![\w*/<-]|\.\w)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Name();
}
