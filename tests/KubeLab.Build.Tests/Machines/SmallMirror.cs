using System.Globalization;
using System.Net;
using System.Text;

namespace KubeLab.Tests.Machines;

/// <summary>A server of files on the loopback, which also answers as a proxy for any other server's.</summary>
internal sealed class SmallMirror : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly List<string> requests = [];

    public SmallMirror()
    {
        Port = LoopbackSshd.FreePort();
        listener.Prefixes.Add($"http://*:{Port}/");
        listener.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    /// <summary>What it answers to a path: the status, and the text.</summary>
    public Func<string, (int Status, string Text)> Answer { get; set; } = _ => (404, "");

    /// <summary>The kind of content that it says it gives; null for none.</summary>
    public Func<string, string?> Type { get; set; } = _ => null;

    /// <summary>How it asks for a login, by the path and what was said with it; null where it doesn't.</summary>
    public Func<string, string?, string?> Challenge { get; set; } = (_, _) => null;

    /// <summary>After how many bytes of an answer the connection breaks off; null where it doesn't.</summary>
    public int? BreaksOffAfter { get; set; }

    /// <summary>What it was asked: the method, and the path.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    public void Dispose() => listener.Close();

    private static int Challenged(HttpListenerResponse response, string challenge)
    {
        response.AddHeader("WWW-Authenticate", challenge);
        return 401;
    }

    private async Task ServeAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                lock (requests)
                    requests.Add($"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath}");
                var (status, text) = Answer(context.Request.Url!.AbsolutePath);
                var body = Encoding.UTF8.GetBytes(text);
                if (status == 401)
                    status = Challenge(context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"]) is { } challenge
                        ? Challenged(context.Response, challenge) : 200;
                context.Response.StatusCode = status;
                context.Response.ContentType = Type(context.Request.Url!.AbsolutePath);
                if (status == 200 && context.Request.Headers["Range"] is { } range)
                {
                    context.Response.StatusCode = 206;
                    body = body[int.Parse(range["bytes=".Length..^1], NumberFormatInfo.InvariantInfo)..];
                }

                context.Response.ContentLength64 = body.Length;
                if (context.Request.HttpMethod == "HEAD")
                    context.Response.Close();
                else if (BreaksOffAfter is { } count && count < body.Length)
                {
                    await context.Response.OutputStream.WriteAsync(body.AsMemory(0, count));
                    await context.Response.OutputStream.FlushAsync();
                    context.Response.Abort();
                }
                else
                {
                    await context.Response.OutputStream.WriteAsync(body);
                    context.Response.Close();
                }
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException or ProtocolViolationException)
            {
                if (!listener.IsListening)
                    return;
            }
        }
    }
}
