namespace KubeLab.Clusters;

/// <summary>A machine of a cluster that is about to be written down.</summary>
/// <param name="Name">Its name in the inventory, which becomes its host name.</param>
/// <param name="Address">Where it is reached.</param>
public sealed record NewNode(string Name, string Address);
