using Xunit;

namespace KubeLab.Scripts;

/// <summary>A project that build.sh has compiled and run once; tests take clones of it.</summary>
[CollectionDefinition(nameof(CompiledTree))]
public sealed class CompiledTree : IAsyncLifetime, ICollectionFixture<CompiledTree>
{
    readonly SampleTree tree = new();

    internal ScriptResult FirstRun { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => FirstRun = await tree.RunAsync("--help");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        tree.Dispose();
        return ValueTask.CompletedTask;
    }

    internal IReadOnlyList<string> Calls => tree.DotnetCalls;

    internal SampleTree Clone(string name = "my project") => tree.Clone(name);
}
