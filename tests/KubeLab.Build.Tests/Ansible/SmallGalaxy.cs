using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>A Galaxy on the loopback with the collection <c>kubelab.sample</c> in three versions: as much of its API (version 3) as an installation asks.</summary>
internal sealed class SmallGalaxy : IDisposable
{
    private const string Collection = "/api/v3/collections/kubelab/sample";
    private readonly HttpListener listener = new();
    private byte[] artifact;

    /// <summary>Offers versions 0.9.0, 1.2.0 and 2.0.0; the artifact is that of 1.2.0.</summary>
    public SmallGalaxy(string artifactFile)
    {
        artifact = File.ReadAllBytes(artifactFile);
        Address = $"http://127.0.0.1:{LoopbackSshd.FreePort()}/";
        listener.Prefixes.Add(Address);
        listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Offers another artifact as version 1.2.0 from now on.</summary>
    public void Offer(string artifactFile) => artifact = File.ReadAllBytes(artifactFile);

    /// <summary>Writes a configuration of Ansible with this Galaxy as its server.</summary>
    /// <returns>The file.</returns>
    public string Configuration(TemporaryDirectory directory) => directory.Write("galaxy.cfg", $"[galaxy]\nserver = {Address}\n");

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                var answer = Answer(context.Request.Url!.AbsolutePath.TrimEnd('/'));
                context.Response.StatusCode = answer is null ? 404 : 200;
                context.Response.ContentType = answer == artifact ? "application/gzip" : "application/json";
                await context.Response.OutputStream.WriteAsync(answer ?? "{}"u8.ToArray());
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private byte[]? Answer(string path) => path switch
    {
        "/api" => Json(new { available_versions = new { v3 = "v3/" } }),
        Collection => Json(new { created_at = "2026-01-01T00:00:00Z", updated_at = "2026-01-01T00:00:00Z" }),
        $"{Collection}/versions" => Json(new { links = new { next = (string?)null }, data = new[] { Version("0.9.0"), Version("1.2.0"), Version("2.0.0") } }),
        $"{Collection}/versions/1.2.0" => Json(new
        {
            @namespace = new { name = "kubelab" },
            collection = new { name = "sample" },
            version = "1.2.0",
            download_url = $"{Address}download/kubelab-sample-1.2.0.tar.gz",
            artifact = new { sha256 = Convert.ToHexStringLower(SHA256.HashData(artifact)) },
            metadata = new { dependencies = new { } },
            href = $"{Collection}/versions/1.2.0/",
        }),
        "/download/kubelab-sample-1.2.0.tar.gz" => artifact,
        _ => null,
    };

    private static object Version(string version) => new { version };

    private static byte[] Json(object value) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value));
}
