namespace KubeLab.Preflight;

/// <summary>What a rule judges.</summary>
public enum RuleStage
{
    /// <summary>The inventory and its variables: no node is touched.</summary>
    Inventory,

    /// <summary>The control machine.</summary>
    ControlMachine,

    /// <summary>The nodes, by what their probes found out.</summary>
    Nodes,
}
