using System.Net;
using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class SshdProbeTests
{
    // An address of the loopback network that nobody listens on.
    private static readonly IPAddress Nobody = IPAddress.Parse("127.86.0.99");

    [Fact]
    public async Task Where_nobody_listens_nothing_answers() =>
        (await SshdProbe.AnswersAsync(Nobody, CancellationToken.None)).ShouldBeFalse();

    [Fact]
    public async Task Waiting_ends_at_its_limit() =>
        (await SshdProbe.WaitAsync(Nobody, TimeSpan.FromMilliseconds(120), TimeProvider.System, CancellationToken.None)).ShouldBeFalse();

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Should.ThrowAsync<OperationCanceledException>(() => SshdProbe.WaitAsync(Nobody, TimeSpan.FromMinutes(1), TimeProvider.System, stop.Token));
    }
}
