namespace Nuke.Common.Output;

/// <summary>What a line is, which a terminal shows as a colour.</summary>
internal enum Tone
{
    Plain,
    Dim,
    Heading,
    Success,
    Warning,
    Error,
}
