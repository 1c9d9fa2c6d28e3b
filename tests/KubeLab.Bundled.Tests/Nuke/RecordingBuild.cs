using Nuke.Common;

namespace KubeLab.Bundled.Nuke;

/// <summary>A build that notes which of its targets ran.</summary>
public abstract class RecordingBuild : NukeBuild
{
    protected RecordingBuild() => Last = this;

    /// <summary>The build of the last run.</summary>
    public static RecordingBuild? Last { get; private set; }

    /// <summary>The targets that ran, in order.</summary>
    public List<string> Ran { get; } = [];

    protected internal override void OnTargetRunning(string target) => Ran.Add(target);

    /// <summary>What a target does that is there for its place in the graph.</summary>
    protected static void Nothing()
    {
    }

    /// <summary>What a target does that fails.</summary>
    protected static void Break() => throw new InvalidOperationException("It broke.\nBadly.");
}
