using System.Net;

namespace KubeLab.Preflight;

/// <summary>A network that the cluster hands addresses out of.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Variable">The variable; null where neither the inventory nor the distribution sets it.</param>
/// <param name="Network">The network; null where the value is none.</param>
public sealed record ClusterSubnet(string Name, EffectiveVariable? Variable, IPNetwork? Network);
