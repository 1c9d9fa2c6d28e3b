using System.Security.Cryptography.X509Certificates;

namespace KubeLab.Kubernetes;

/// <summary>Judges how long a certificate is still valid.</summary>
public static class CertificateLife
{
    /// <summary>What is wrong with a certificate's dates, in words; null where it holds for the reserve.</summary>
    public static string? Trouble(X509Certificate2 certificate, DateTimeOffset now, TimeSpan reserve)
    {
        var begins = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        var ends = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        if (now > ends)
            return $"expired on {ends:yyyy-MM-dd}, {Days(now - ends)} ago";
        if (now < begins)
            return $"is only valid from {begins:yyyy-MM-dd HH:mm} UTC: is this machine's clock right?";
        return ends - now < reserve ? $"expires on {ends:yyyy-MM-dd}, in {Days(ends - now)}" : null;
    }

    /// <summary>The day on which a certificate ends.</summary>
    public static string Ends(X509Certificate2 certificate) => $"{certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}";

    private static string Days(TimeSpan span) => span.TotalDays < 2 ? $"{span.TotalHours:0} hours" : $"{span.TotalDays:0} days";
}
