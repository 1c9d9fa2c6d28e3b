using System.Security.Cryptography;

namespace KubeLab.Preflight;

/// <summary>Tells certificates apart.</summary>
public static class PemFingerprint
{
    /// <summary>
    /// The SHA-256 of the first certificate of a PEM text, in hexadecimal; of the whole text where it is none, which then differs
    /// from every certificate; null for no text.
    /// </summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(pem))]
    public static string? Of(string? pem)
    {
        if (pem is null)
            return null;
        var content = PemEncoding.TryFind(pem, out var fields)
            && Convert.TryFromBase64String(pem[fields.Base64Data], new byte[fields.DecodedDataLength], out _)
            ? Convert.FromBase64String(pem[fields.Base64Data]) : Encoding.UTF8.GetBytes(pem.Trim());
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
