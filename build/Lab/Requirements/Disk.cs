namespace KubeLab.Lab.Requirements;

/// <summary>The file system that a folder lies on, or will lie on once it is made.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="MountPoint">Where the file system is mounted.</param>
/// <param name="FileSystem">Its type, as <c>ext4</c>.</param>
/// <param name="FreeMb">What root can still write there, in MB.</param>
public sealed record Disk(string Folder, string MountPoint, string FileSystem, long FreeMb);
