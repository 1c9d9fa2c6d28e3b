namespace Nuke.Common.Execution;

/// <summary>A terminal, or whatever else is no build server.</summary>
public class Terminal : Host
{
    internal Terminal()
    {
    }
}
