namespace KubeLab.Preflight;

/// <summary>What os-release(5) says.</summary>
/// <param name="Id">The distribution's id, such as <c>debian</c>; <c>linux</c> where none is given.</param>
/// <param name="Name">Its name.</param>
/// <param name="VersionId">Its version, such as <c>12</c>; null where it has none.</param>
/// <param name="PrettyName">Name and version as people read them.</param>
/// <param name="VariantId">The variant, such as <c>coreos</c>; null where it has none.</param>
public sealed record OsRelease(string Id, string Name, string? VersionId, string PrettyName, string? VariantId);
