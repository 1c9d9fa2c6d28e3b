namespace KubeLab.Lab;

/// <summary>A node image that is there.</summary>
/// <param name="Path">Its directory: <c>rootfs/</c> and <c>mirror/</c>.</param>
/// <param name="Id">Its identity: another build of the same recipe has another one, and nodes of the one can't run on the other.</param>
public sealed record NodeImage(string Path, string Id);
