using System.Security.Cryptography;
using System.Text;

namespace KubeLab.Clusters;

/// <summary>Short names for contents: the same content has the same name, on every machine and in every run.</summary>
public static class CacheKey
{
    private const int Length = 16;

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of a text in UTF-8.</summary>
    public static string Of(string text) => Of(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The first 16 hexadecimal digits of a hash that was made already.</summary>
    public static string Of(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash)[..Length];
}
