namespace KubeLab.Lab.Requirements;

/// <summary>What a run of <c>LabUp</c> asks of the machine.</summary>
/// <param name="Nodes">The nodes that are wanted.</param>
/// <param name="Network">Their network.</param>
/// <param name="BuildsImage">Whether the node image has to be built first.</param>
/// <param name="NewNodes">How many nodes have no folder yet.</param>
public sealed record LabDemand(IReadOnlyList<LabNode> Nodes, LabNetwork Network, bool BuildsImage, int NewNodes);
