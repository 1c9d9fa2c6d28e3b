using Nuke.Common.Output;

namespace Nuke.Common;

/// <summary>Where the build runs: at a terminal, or on a build server.</summary>
public class Host
{
    /// <summary>Hosts are found, not made by builds.</summary>
    protected Host()
    {
    }

    /// <summary>Writes what stands above a block of output, such as a target's.</summary>
    internal virtual void BeginBlock(BuildOutput output, string name)
    {
        output.WriteLine();
        output.WriteLine(name, Tone.Heading);
        output.WriteLine(new string('─', Math.Max(name.Length, 20)), Tone.Dim);
    }

    /// <summary>Writes what stands below a block of output.</summary>
    internal virtual void EndBlock(BuildOutput output, string name)
    {
    }

    /// <summary>Tells the build server of a warning, beside the log.</summary>
    internal virtual void ReportWarning(BuildOutput output, string text)
    {
    }

    /// <summary>Tells the build server of an error, beside the log.</summary>
    internal virtual void ReportError(BuildOutput output, string text)
    {
    }
}
