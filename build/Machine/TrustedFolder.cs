using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KubeLab.Machine;

/// <summary>Folders that KubeLab writes to, or takes programs from: who else could put something there. Whoever owns a folder on
/// the way, or a link, can put another one in its place.</summary>
public static partial class TrustedFolder
{
    private const int GroupMayWrite = 0b000_010_000;
    private const int OthersMayWrite = 0b000_000_010;
    private const int Sticky = 0b001_000_000_000;
    private const int Kind = 0xF000;
    private const int Link = 0xA000;
    private const int Folder = 0x4000;
    private const uint OverflowUser = 65534;

    /// <summary>Makes sure that nobody can put anything there but this user, root, who called sudo, and the owner of the
    /// checkout. A folder that isn't there yet is judged by those above it.</summary>
    /// <param name="checkout">KubeLab's own folder, whose owner may do all that a run may; null where it plays no part.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="UserError">Somebody else can; the error names the place and whose it is.</exception>
    public static string Require(string folder, string? checkout = null)
    {
        if (!OperatingSystem.IsLinux())
            return folder;
        HashSet<uint> trusted = [0, UserId()];
        // In a user namespace, root of the machine is nobody (user_namespaces(7)).
        if (!WholeMachine().IsMatch(File.ReadAllText("/proc/self/uid_map")))
            trusted.Add(OverflowUser);
        if (uint.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), out var caller))
            trusted.Add(caller);
        if (checkout is not null && Entry.Read(checkout) is { } own)
            trusted.Add(own.Owner);
        var places = RealPath.Places(folder);
        foreach (var place in places)
        {
            if (Entry.Read(place) is { } entry && Fault(entry, trusted, isLast: place == places[^1]) is { } fault)
            {
                throw new UserError(
                    $"{folder} can't be trusted: {place} {fault}, who could put something of their own there.",
                    $"Take it over, or name another folder: sudo chown root {ShellWords.Quote(place)} && sudo chmod go-w {ShellWords.Quote(place)}");
            }
        }

        return folder;
    }

    /// <summary>Whether a folder is this user's, who alone may put something there; not one that a link leads to.</summary>
    public static bool IsOwn(string folder) => Entry.Read(folder) is { } entry
        && entry.Owner == UserId() && (entry.Mode & (Kind | GroupMayWrite | OthersMayWrite)) == Folder;

    // In a sticky folder, such as /tmp, others can't put anything in the place of what is there. The group of a user alone, which
    // has the user's number, is the user.
    private static string? Fault(Entry entry, HashSet<uint> trusted, bool isLast)
    {
        if (!trusted.Contains(entry.Owner))
            return $"belongs to user {entry.Owner}";
        if ((entry.Mode & Kind) == Link || ((entry.Mode & Sticky) != 0 && !isLast))
            return null;
        return (entry.Mode & OthersMayWrite) != 0 ? "can be written by all users"
            : (entry.Mode & GroupMayWrite) != 0 && entry.Group != 0 && entry.Group != entry.Owner
                ? $"can be written by the group {entry.Group}" : null;
    }

    private sealed record Entry(uint Owner, uint Group, int Mode)
    {
        private const int CurrentDirectory = -100;
        private const int NoFollow = 0x100;
        private const uint Basic = 0x7ff;

        // struct statx (statx(2)) is the same on every processor: owner, group and mode at bytes 20, 24 and 28.
        public static Entry? Read(string path)
        {
            var answer = new byte[256];
            return Status(CurrentDirectory, path, NoFollow, Basic, answer) == 0
                ? new Entry(
                    BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(20)),
                    BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(24)),
                    BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(28)))
                : null;
        }

        [DllImport("libc", EntryPoint = "statx")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int Status(
            int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] answer);
    }

    [GeneratedRegex(@"^\s*0\s+0\s+4294967295\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex WholeMachine();

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint UserId();
}
