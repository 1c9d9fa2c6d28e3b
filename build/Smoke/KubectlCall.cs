namespace KubeLab.Smoke;

/// <summary>One call of kubectl.</summary>
/// <param name="Arguments">Its arguments, without the program and without the kubeconfig.</param>
public sealed record KubectlCall(IReadOnlyList<string> Arguments)
{
    /// <summary>What kubectl reads with <c>-f -</c>, or null for nothing.</summary>
    public string? StandardInput { get; init; }

    /// <summary>How long the call may take.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A call from its arguments.</summary>
    public static KubectlCall Of(params IReadOnlyList<string> arguments) => new(arguments);

    /// <summary>A read of one path of the API: no discovery, no cache, the same for every version of kubectl.</summary>
    public static KubectlCall Read(string path, TimeSpan limit) => new(["get", "--raw", path]) { Limit = limit };
}
