namespace KubeLab.Preflight;

/// <summary>The room on the file system under a path.</summary>
/// <param name="Id">What tells one file system from another.</param>
/// <param name="Path">The path that was asked for.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="FreeBytes">What an ordinary process may still use.</param>
/// <param name="Inodes">Its inodes; 0 where it does not count them.</param>
/// <param name="FreeInodes">The inodes that are left.</param>
public sealed record FileSystem(string Id, string Path, long SizeBytes, long FreeBytes, long Inodes, long FreeInodes);
