namespace KubeLab;

/// <summary>A test that keeps a promise of docs/reliability.md, which is made of these and of the tests' results.</summary>
/// <param name="promise">What is promised.</param>
/// <param name="fault">What is done to break it.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromiseAttribute(string promise, string fault) : Attribute
{
    public string Promise { get; } = promise;

    public string Fault { get; } = fault;

    /// <summary>How often the test tries it, each of its cases.</summary>
    public int Tries { get; init; } = 1;
}
