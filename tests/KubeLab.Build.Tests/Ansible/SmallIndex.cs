using System.Net;
using System.Security.Cryptography;
using System.Text;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

/// <summary>A package index on the loopback: the wheels of a folder, as pip's simple repository API (PEP 503) lists them.</summary>
internal sealed class SmallIndex : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly string folder;
    private readonly int port = LoopbackSshd.FreePort();

    public SmallIndex(string folder)
    {
        this.folder = folder;
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = ServeAsync();
    }

    public string Address => $"http://127.0.0.1:{port}/simple";

    /// <summary>The ends of the names of files that were taken back by their authors.</summary>
    public string Yanked { get; set; } = "nothing";

    /// <summary>Whether it tells hashes.</summary>
    public bool TellsHashes { get; set; } = true;

    /// <summary>What it answers to everything; null for what was asked for.</summary>
    public HttpStatusCode? Status { get; set; }

    /// <summary>Whether it answers nothing at all.</summary>
    public bool IsSilent { get; set; }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                if (IsSilent)
                    continue;
                var path = context.Request.Url!.AbsolutePath.Trim('/').Split('/');
                var body = path[0] == "simple" ? Page(path[^1]) : File.ReadAllBytes(Path.Combine(folder, path[^1]));
                context.Response.StatusCode = (int)(Status ?? HttpStatusCode.OK);
                context.Response.ContentType = path[0] == "simple" ? "text/html" : "application/octet-stream";
                context.Response.ContentLength64 = body.Length;
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                if (!listener.IsListening)
                    return;
            }
        }
    }

    private byte[] Page(string package) => Encoding.UTF8.GetBytes(string.Concat(
        Directory.EnumerateFiles(folder, $"{package.Replace('-', '_')}-*.whl").Order(StringComparer.Ordinal).Select(Link)));

    private string Link(string file)
    {
        var hash = TellsHashes ? $"#sha256={Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}" : "";
        var yanked = file.Contains(Yanked, StringComparison.Ordinal) ? " data-yanked=\"it was broken\"" : "";
        return $"<a href=\"/files/{Path.GetFileName(file)}{hash}\"{yanked}>{Path.GetFileName(file)}</a>\n";
    }
}
