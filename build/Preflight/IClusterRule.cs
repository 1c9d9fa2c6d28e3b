namespace KubeLab.Preflight;

/// <summary>A rule that judges the cluster as a whole: its inventory, or what only all nodes together show.</summary>
public interface IClusterRule : IRule
{
    /// <summary>Judges the cluster.</summary>
    /// <param name="scene">All that is known.</param>
    IEnumerable<Finding> Judge(PreflightScene scene);
}
