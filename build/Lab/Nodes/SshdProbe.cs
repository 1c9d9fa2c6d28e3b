using System.Net.Sockets;

namespace KubeLab.Lab;

/// <summary>Asks whether an SSH server answers at an address: it begins with its version (RFC 4253, 4.2).</summary>
public static class SshdProbe
{
    private const int Port = 22;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether one answers within five seconds.</summary>
    public static async Task<bool> AnswersAsync(IPAddress address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient(address.AddressFamily);
            await client.ConnectAsync(address, Port, limit.Token);
            var greeting = new byte[4];
            await client.GetStream().ReadExactlyAsync(greeting, limit.Token);
            return Encoding.ASCII.GetString(greeting) == "SSH-";
        }
        catch (Exception exception) when (exception is SocketException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Waits until one answers.</summary>
    /// <returns>False if none does within the limit.</returns>
    public static async Task<bool> WaitAsync(
        IPAddress address, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (!await AnswersAsync(address, cancellationToken))
        {
            if (time.GetElapsedTime(started) > limit)
                return false;
            await Task.Delay(Pause, time, cancellationToken);
        }

        return true;
    }
}
