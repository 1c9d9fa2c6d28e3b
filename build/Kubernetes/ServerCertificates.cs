using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace KubeLab.Kubernetes;

/// <summary>Looks at the certificate that a server shows, whatever is wrong with it: one handshake, no request.</summary>
public static class ServerCertificates
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>The certificate that a server shows.</summary>
    /// <returns>The certificate, or why there is none.</returns>
    public static async Task<(X509Certificate2? Certificate, string? Problem)> LookAsync(
        Uri server, string? name, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        X509Certificate2? shown = null;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.IdnHost, server.Port, limit.Token);
            await using var stream = new SslStream(client.GetStream());
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = name ?? server.IdnHost,
                // The handshake is there to see the certificate: once it is seen, the connection is refused, whatever it is.
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                    return false;
                },
            };
            await stream.AuthenticateAsClientAsync(options, limit.Token);
            return (null, "it shows no certificate");
        }
        catch (AuthenticationException) when (shown is not null)
        {
            return (shown, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"no answer after {Limit.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException)
        {
            return (null, exception.Message);
        }
    }
}

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
