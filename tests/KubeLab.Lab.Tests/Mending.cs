namespace KubeLab.Lab.Tests;

/// <summary>Mends at the end of a test what the test broke, whatever became of it.</summary>
/// <param name="mend">How.</param>
public sealed class Mending(Func<Task<KubeLabRun>> mend) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => (await mend()).ShouldSucceed();
}
