using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KubeLab.Lab;

/// <summary>The recipe of the node image: a folder of scripts and lists (<c>lab/image</c>).</summary>
public sealed record LabRecipe(string Folder)
{
    /// <summary>The script that builds the image.</summary>
    public string Script => Path.Combine(Folder, "build.sh");

    /// <summary>What the image is known by, 16 hexadecimal digits: files' paths and bytes, and the architecture.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no recipe.</exception>
    public string Hash() => Hash(RuntimeInformation.OSArchitecture.ToString());

    internal string Hash(string architecture)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(architecture));
        var files = Directory.GetFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(Folder, path).Replace('\\', '/'), Path: path))
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        foreach (var (name, path) in files)
        {
            Append(hash, Encoding.UTF8.GetBytes(name));
            Append(hash, File.ReadAllBytes(path));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    // With its length before it, so that no two lists of files run into the same bytes.
    private static void Append(IncrementalHash hash, byte[] bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
