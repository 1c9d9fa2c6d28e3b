using System.Formats.Tar;

namespace KubeLab.Lifecycle;

/// <summary>
/// A backup as a file: a tar, encrypted as a whole or not, whose first file is the manifest, and whose last one has the sums of
/// all others, so that what was cut off is told from what is whole.
/// </summary>
public static class BackupArchive
{
    private const string Sums = "SHA256SUMS";

    /// <summary>The snapshot's name in it.</summary>
    public static string Snapshot => "snapshot.db";

    /// <summary>Reads a backup to its end, and makes sure that all of it is there as it was written.</summary>
    /// <param name="identity">The file of age's identity; null where there is none.</param>
    /// <param name="onFile">Is given each file beside the manifest; null for nothing.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="UserError">It is no backup, damaged, cut off, or can't be decrypted.</exception>
    public static async Task<BackupManifest> ReadAsync(
        CommandRunner commands, string file, string? identity,
        Func<string, Stream, CancellationToken, Task>? onFile = null, CancellationToken cancellationToken = default)
    {
        BackupManifest? manifest = null;
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read);
            if (stream.Length == 0)
                throw new UserError($"{file} is empty: 0 bytes.", Another);
            var beginning = new byte[32];
            var length = await stream.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellationToken);
            if (!AgeCipher.IsAge(beginning.AsSpan(0, length)))
            {
                stream.Position = 0;
                return await ReadAsync(stream, file, onFile, cancellationToken);
            }

            if (identity is null)
                throw new UserError(
                    $"{file} is encrypted, and no identity is given to decrypt it with.",
                    "Name the file that age-keygen wrote: --age-identity FILE, or backup.identity in kubelab.yml. Nothing was changed.");
            await AgeCipher.DecryptAsync(commands, identity, file, async (clear, token) =>
                manifest = await ReadAsync(clear, file, onFile, token), cancellationToken);
            return manifest!;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new UserError($"{file} is damaged, cut off, or no backup of KubeLab: {exception.Message}", Another, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserError(
                $"{file} can't be read: {exception.Message}", "Name a backup: --backup FILE. Nothing was changed.", exception);
        }
    }

    private const string Another = "Take another backup, an older one if need be: --backup FILE. Nothing was changed.";

    internal static bool IsDamage(Exception exception) => exception
        is EndOfStreamException or InvalidDataException or FormatException or JsonException or ArgumentException
        or OverflowException
        // Of JSON whose bytes are no text.
        or InvalidOperationException;

    private static async Task<BackupManifest> ReadAsync(
        Stream stream, string name, Func<string, Stream, CancellationToken, Task>? onFile, CancellationToken cancellationToken)
    {
        await using var reader = new TarReader(stream, leaveOpen: true);
        BackupManifest? manifest = null;
        string? claimed = null;
        var sums = new StringBuilder();
        while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (claimed is not null)
                throw new InvalidDataException("something stands behind its end");
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                continue;
            await using var data = new HashingStream(entry.DataStream ?? Stream.Null);
            if (entry.Name == Sums)
                claimed = await new StreamReader(data).ReadToEndAsync(cancellationToken);
            else if (manifest is null && entry.Name != BackupManifest.FileName)
                throw new InvalidDataException($"it begins with {PlainText.Of(entry.Name)}");
            else if (manifest is null)
                manifest = BackupManifest.Read(await BytesAsync(data, cancellationToken));
            else if (onFile is not null)
                await onFile(entry.Name, data, cancellationToken);
            await data.CopyToAsync(Stream.Null, cancellationToken);
            if (claimed is null)
                sums.Append(data.Line(entry.Name));
        }

        if (manifest is null)
            throw new InvalidDataException("nothing is in it");
        if (claimed is null)
            throw new EndOfStreamException("its end is missing");
        if (claimed != sums.ToString())
            throw new InvalidDataException("a file in it is not as it was written");
        if (!claimed.Contains($"{manifest.Snapshot.Sha256}  {Snapshot}\n"))
            throw new InvalidDataException("its snapshot is not the one that was taken");
        return manifest;
    }

    private static async Task<byte[]> BytesAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken);
        return memory.ToArray();
    }

    /// <summary>Writes a backup as it comes.</summary>
    public sealed class Writer(Stream target) : IAsyncDisposable
    {
        private readonly TarWriter writer = new(target, TarEntryFormat.Pax, leaveOpen: true);
        private readonly HashSet<string> names = new(StringComparer.Ordinal);
        private readonly StringBuilder sums = new();

        /// <summary>Adds a file of text.</summary>
        public Task AddAsync(string name, string text, CancellationToken cancellationToken = default) =>
            AddAsync(Entry(TarEntryType.RegularFile, name), new MemoryStream(Encoding.UTF8.GetBytes(text)), cancellationToken);

        /// <summary>Adds a folder's files, those of its folders too.</summary>
        /// <param name="without">Whether something is left out, by its path below the folder.</param>
        public async Task AddFolderAsync(
            string folder, string name, Func<string, bool> without, CancellationToken cancellationToken = default)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var path = Path.GetRelativePath(folder, file);
                if (without(path))
                    continue;
                await using var data = File.OpenRead(file);
                var entry = Entry(TarEntryType.RegularFile, $"{name}/{path}");
                if (!OperatingSystem.IsWindows())
                    entry.Mode = File.GetUnixFileMode(file);
                await AddAsync(entry, data, cancellationToken);
            }
        }

        /// <summary>Adds what stands in another tar, under a name of its own.</summary>
        public async Task AddAsync(TarEntry from, string name, string folder, CancellationToken cancellationToken = default)
        {
            var entry = Entry(from.EntryType is TarEntryType.V7RegularFile ? TarEntryType.RegularFile : from.EntryType, name);
            (entry.Mode, entry.Uid, entry.Gid, entry.ModificationTime) = (from.Mode, from.Uid, from.Gid, from.ModificationTime);
            if (from.EntryType == TarEntryType.HardLink)
                entry.LinkName = folder + from.LinkName;
            else if (from.EntryType == TarEntryType.SymbolicLink)
                entry.LinkName = from.LinkName;
            await AddAsync(entry, from.DataStream, cancellationToken);
        }

        /// <summary>Ends it.</summary>
        public async ValueTask DisposeAsync() => await writer.DisposeAsync();

        /// <summary>Writes the sums, as what stands before them is all.</summary>
        public Task CompleteAsync(CancellationToken cancellationToken = default) =>
            WriteAsync(
                Entry(TarEntryType.RegularFile, Sums), new MemoryStream(Encoding.UTF8.GetBytes(sums.ToString())),
                cancellationToken);

        private async Task AddAsync(PaxTarEntry entry, Stream? data, CancellationToken cancellationToken)
        {
            if (!names.Add(entry.Name))
                return;
            if (entry.EntryType != TarEntryType.RegularFile)
            {
                await writer.WriteEntryAsync(entry, cancellationToken);
                return;
            }

            await using var hashing = new HashingStream(data ?? Stream.Null);
            await WriteAsync(entry, hashing, cancellationToken);
            sums.Append(hashing.Line(entry.Name));
        }

        private async Task WriteAsync(PaxTarEntry entry, Stream data, CancellationToken cancellationToken)
        {
            entry.DataStream = data;
            await writer.WriteEntryAsync(entry, cancellationToken);
        }

        private static PaxTarEntry Entry(TarEntryType type, string name) => new(type, name) { Mode = UnixFile.Private };
    }

    /// <summary>A stream that is read once, of a length that is known before; what is read goes into a sum.</summary>
    private sealed class HashingStream(Stream stream) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long position;

        public override bool CanRead => true;

        // A tar has the length before the data, and .NET's writer would keep all of it in memory to find it out.
        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => stream.Length;

        public override long Position
        {
            get => position;
            set
            {
                if (value != position)
                    throw new NotSupportedException();
            }
        }

        public string Line(string name) => $"{Convert.ToHexStringLower(hash.GetHashAndReset())}  {name.Replace('\n', '?')}\n";

        public override int Read(byte[] buffer, int offset, int count) =>
            Seen(buffer.AsMemory(offset, count), stream.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Seen(buffer, await stream.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Seen(Memory<byte> buffer, int count)
        {
            hash.AppendData(buffer.Span[..count]);
            position += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
