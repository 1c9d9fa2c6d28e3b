using System.Text.Json.Serialization;
using KubeLab.Preflight;

namespace KubeLab.Reports;

/// <summary>A node's memory beside what the distribution wants of it.</summary>
/// <param name="RequiredMb">The highest threshold that it misses, or, where it misses none, that it meets, in MiB; null for none.</param>
/// <param name="IsEnough">Whether the deployment may go on.</param>
public sealed record MemoryMeasure(
    double ObservedMb, double? RequiredMb, string? Source, [property: JsonPropertyName("enough")] bool IsEnough)
{
    /// <summary>What a preflight says of a node's memory; null where it says no figure.</summary>
    public static MemoryMeasure? Of(PreflightReport report, string node, IReadOnlyList<Finding> findings) =>
        PreflightRow.Of(node, findings)?.Memory is { Observed.Value: >= 0 and var observed } memory
            ? new MemoryMeasure(observed, memory.Required?.Value, memory.Source?.ToString(), !report.Fails(memory))
            : null;
}
