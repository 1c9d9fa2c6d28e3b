using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KubeLab.Kubernetes;
using KubeLab.Smoke;

namespace KubeLab.Tests.Smoke;

public class CertificateChecksTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 18, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Reserve = TimeSpan.FromDays(30);

    private readonly X509Certificate2 authority = Authority("CN=kubernetes");

    [Fact]
    public void I_see_valid_certificates_pass()
    {
        var certificate = Issue(authority, "192.0.2.10", Now.AddYears(1));

        ServerCertificateCheck.Judge(Access(), certificate, null, Now, Reserve).ShouldPass();
        KubeconfigUserCheck.Judge(Access() with { ClientCertificate = certificate }, null, Now, Reserve).ShouldPass();
        KubeconfigUserCheck.Judge(Access(), null, Now, Reserve).ShouldPass();
    }

    [Fact]
    public void I_am_told_of_a_certificate_that_expired_or_soon_does()
    {
        ServerCertificateCheck.Judge(Access(), Issue(authority, "192.0.2.10", Now.AddDays(-3)), null, Now, Reserve).ShouldBlame(null, "expired on 2026-11-19, 3 days ago");
        ServerCertificateCheck.Judge(Access(), Issue(authority, "192.0.2.10", Now.AddDays(9)), null, Now, Reserve).ShouldBlame(null, "expires on 2026-12-01, in 9 days");
        KubeconfigUserCheck.Judge(Access() with { ClientCertificate = Issue(authority, "192.0.2.10", Now.AddDays(-3)) }, null, Now, Reserve)
            .ShouldBlame(null, "expired on 2026-11-19");
    }

    [Fact]
    public void I_am_told_of_a_certificate_for_another_address() =>
        ServerCertificateCheck.Judge(Access(), Issue(authority, "192.0.2.99", Now.AddYears(1)), null, Now, Reserve)
            .ShouldBlame(null, "isn't for 192.0.2.10, but for 192.0.2.99");

    [Fact]
    public void I_am_told_of_a_certificate_from_another_authority() =>
        ServerCertificateCheck.Judge(Access(), Issue(Authority("CN=somebody else"), "192.0.2.10", Now.AddYears(1)), null, Now, Reserve)
            .ShouldBlame(null, "but from CN=somebody else");

    [Fact]
    public void I_am_told_that_the_API_does_not_know_me()
    {
        var refusal = new ApiProblem(ApiProblemKind.Unauthorized, "GET /version", "error: You must be logged in to the server (Unauthorized)");

        KubeconfigUserCheck.Judge(Access(), refusal, Now, Reserve).ShouldBlame(null, "doesn't know the kubeconfig's user");
    }

    [Fact]
    public void I_read_the_certificates_that_kubectl_prints()
    {
        var client = Issue(authority, "192.0.2.10", Now.AddYears(1));
        var access = KubeAccess.Parse($$$"""
            {"clusters":[{"cluster":{"server":"https://192.0.2.10:6443","certificate-authority-data":"{{{Encode(authority)}}}","tls-server-name":"kubernetes"}}],
             "users":[{"user":{"client-certificate-data":"{{{Encode(client)}}}"}}]}
            """);

        access.Server.ShouldBe(new Uri("https://192.0.2.10:6443"));
        access.ServerName.ShouldBe("kubernetes");
        access.Authorities.ShouldHaveSingleItem().Thumbprint.ShouldBe(authority.Thumbprint);
        access.ClientCertificate!.Thumbprint.ShouldBe(client.Thumbprint);
    }

    private KubeAccess Access() => new(new Uri("https://192.0.2.10:6443"), null, [authority], IsVerified: true, null, null);

    private static string Encode(X509Certificate2 certificate) => Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate.ExportCertificatePem()));

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddYears(-5), Now.AddYears(10));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string address, DateTimeOffset ends)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        return request.Create(authority, Now.AddYears(-1), ends, [1, 2, 3, 4]);
    }
}
