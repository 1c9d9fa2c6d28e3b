namespace KubeLab.Variables;

/// <summary>The variables that a node's tasks will see: the inventory's, else the distribution's defaults, each with where it was
/// written.</summary>
/// <param name="inventory">The inventory, whose nodes carry their variables after Ansible's precedence.</param>
/// <param name="locator">Finds out where the inventory sets a variable.</param>
public sealed class ClusterVariables(Inventory inventory, DistributionDefaults defaults, VariableLocator locator)
{
    private static readonly JsonElement Hidden = JsonSerializer.SerializeToElement("***");
    private readonly Node? representative = inventory.ControlPlane.Concat(inventory.Nodes).FirstOrDefault();
    private IReadOnlyDictionary<(string Node, string Variable), TemplateResult> Resolved { get; init; } =
        new Dictionary<(string, string), TemplateResult>();

    /// <summary>The variable as one node sees it.</summary>
    /// <returns>The variable, or null where neither the inventory nor the distribution sets it.</returns>
    public EffectiveVariable? Of(Node node, string name)
    {
        if (node.Variables.TryGetValue(name, out var value) && value.ValueKind is not JsonValueKind.Undefined)
            return Resolve(node, name, value, isDefault: false, () => locator.Locate(node, name));
        return defaults.Find(name) is { } standard
            ? Resolve(node, name, Typed(standard), isDefault: true, () => standard.Source)
            : null;
    }

    /// <summary>The variable where it concerns the cluster as a whole: as the first control plane node sees it, since that is
    /// where the playbook starts the cluster.</summary>
    public EffectiveVariable? OfCluster(string name) => representative is not null ? Of(representative, name) : null;

    /// <summary>A variable's default in the distribution's roles; null where none has it, or where it depends on the
    /// role.</summary>
    public WrittenVariable? Default(string name) => defaults.Find(name);

    /// <summary>Whether the distribution's roles know a variable.</summary>
    public bool HasDefault(string name) => defaults.Find(name) is not null;

    /// <summary>The inventory's file that a person would set a variable for all nodes in.</summary>
    public string FileForAllNodes => locator.FileForAllNodes;

    /// <summary>Where a person would change a variable: where the inventory sets it, or would override the default.</summary>
    public string WhereToChange(EffectiveVariable variable) => variable.IsDefault ? FileForAllNodes : variable.Source.ToString();

    /// <summary>These variables once Ansible has resolved the templates among some of them.</summary>
    /// <param name="ofCluster">Variables that are only asked for the cluster as a whole.</param>
    /// <param name="resolver">Ansible; null for none, so that what depends on a template can't be judged.</param>
    public async Task<ClusterVariables> ResolveAsync(
        IReadOnlyCollection<string> ofNodes, IReadOnlyCollection<string> ofCluster,
        TemplateResolver? resolver, CancellationToken cancellationToken)
    {
        var requests = inventory.Nodes
            .SelectMany(node =>
                (ReferenceEquals(node, representative) ? ofNodes.Union(ofCluster) : ofNodes).Select(name => Request(node, name)))
            .OfType<TemplateRequest>().ToList();
        if (requests.Count == 0 || resolver is null)
            return this;
        var answers = requests.Zip(await resolver(requests, cancellationToken));
        var resolved = answers.ToDictionary(each => (each.First.Node.Name, each.First.Variable), each => each.Second);
        return new ClusterVariables(inventory, defaults, locator) { Resolved = resolved };
    }

    private TemplateRequest? Request(Node node, string name)
    {
        if (node.Variables.TryGetValue(name, out var value))
            return EffectiveVariable.IsTemplate(value) ? new TemplateRequest(node, name, value, IsDefault: false) : null;
        return defaults.Find(name) is { IsTemplate: true } standard
            ? new TemplateRequest(node, name, Typed(standard), IsDefault: true)
            : null;
    }

    private EffectiveVariable Resolve(Node node, string name, JsonElement value, bool isDefault, Func<VariableSource> source)
    {
        // What nobody could decrypt is never shown, not even as it is encrypted.
        if (Vault.IsIn(value))
            return new EffectiveVariable(name, Hidden, isDefault,
                source)
            { Unresolved = "it is encrypted, and Ansible can't decrypt it" };
        if (!EffectiveVariable.IsTemplate(value))
            return new EffectiveVariable(name, value, isDefault, source);
        var result = Resolved.GetValueOrDefault((node.Name, name))
            ?? new TemplateResult(
                null, node.Unresolved.GetValueOrDefault(name, "it is a template, and only Ansible can resolve it"));
        return new EffectiveVariable(name, result.Value ?? value, isDefault, source)
        {
            Unresolved = result.Value is null ? result.Error ?? "Ansible gave no value" : null,
        };
    }

    private static JsonElement Typed(WrittenVariable variable) => variable.Items.Count > 0
        ? JsonSerializer.SerializeToElement(variable.Items)
        : YamlScalar.ToJson(variable.Value, variable.IsQuoted);
}
