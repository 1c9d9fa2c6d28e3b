namespace KubeLab.Kubernetes;

/// <summary>The API gave no answer, and why. The message is the line of kubectl's that says it.</summary>
/// <param name="what">What was asked for: a path, or what was being done.</param>
public sealed class ApiProblem(ApiProblemKind kind, string what, string said) : Exception($"{what}: {Line(said)}")
{
    // The first row that fits counts: a certificate that isn't accepted also says "Unable to connect to the server".
    private static readonly (ApiProblemKind Kind, string[] Phrases)[] Words = [
        (ApiProblemKind.ServerCertificate, ["x509:", "tls: ", "certificate has expired", "certificate is valid for"]),
        (ApiProblemKind.Unauthorized, ["(Unauthorized)", "must be logged in", "asked for the client to provide credentials"]),
        (ApiProblemKind.Forbidden, ["(Forbidden)"]),
        (ApiProblemKind.NotFound, ["(NotFound)"]),
        (ApiProblemKind.TimedOut,
        [
            "i/o timeout", "TLS handshake timeout", "context deadline exceeded",
            "Client.Timeout", "(Timeout)", "request timed out",
        ]),
        (ApiProblemKind.Unreachable,
        [
            "was refused", "connection refused", "no route to host", "network is unreachable", "no such host",
            "connection reset", "Unable to connect", ": EOF",
        ]),
        (ApiProblemKind.ServerError,
            ["(InternalError)", "(ServiceUnavailable)", "an error on the server", "currently unable to handle"]),
    ];

    /// <summary>The kind of problem.</summary>
    public ApiProblemKind Kind { get; } = kind;

    /// <summary>What was asked for.</summary>
    public string What { get; } = what;

    /// <summary>All that kubectl said.</summary>
    public string Said { get; } = said;

    /// <summary>The line of kubectl's that says it.</summary>
    public string Reason => Line(Said);

    /// <summary>Whether no answer came from the API at all, so that nothing is known about what was asked.</summary>
    public bool NoAnswer => Kind is ApiProblemKind.Unreachable or ApiProblemKind.TimedOut
        or ApiProblemKind.ServerCertificate or ApiProblemKind.Unauthorized;

    /// <summary>The problem behind a call of kubectl that did not succeed.</summary>
    public static ApiProblem From(string what, KubectlResult result)
    {
        if (result.TimedOut)
            return new ApiProblem(ApiProblemKind.TimedOut, what, $"no answer after {result.Duration.TotalSeconds:0.#} s");
        // Without credentials kubectl asks for a name instead of failing, and gets none.
        if (result.Output.StartsWith("Please enter Username", StringComparison.Ordinal))
            return new ApiProblem(ApiProblemKind.Unauthorized, what, "the kubeconfig's user has no credentials");
        return new ApiProblem(
            Classify(result.Error), what, result.Error.Length > 0 ? result.Error : $"exit code {result.ExitCode}");
    }

    /// <summary>Reads the kind of problem from what kubectl said; its texts have been the same since Kubernetes 1.20.</summary>
    public static ApiProblemKind Classify(string said) =>
        Words.FirstOrDefault(row => row.Phrases.Any(phrase => said.Contains(phrase, StringComparison.OrdinalIgnoreCase))).Kind;

    // Warnings and log lines (klog: "E1122 17:03:11.123456 ...") come before the sentence that matters, which is the last one.
    private static string Line(string said) =>
        said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(line => !IsLogLine(line)) ?? said.Trim();

    private static bool IsLogLine(string line) =>
        line.StartsWith("Warning:", StringComparison.Ordinal)
        || (line.Length > 5 && "EIWF".Contains(line[0]) && line.AsSpan(1, 4).IndexOfAnyExceptInRange('0', '9') < 0);
}

/// <summary>What is read from the API, where it may be withheld.</summary>
public static class WithheldLists
{
    /// <summary>The list; an empty one where the API answers with one of these problems.</summary>
    public static async Task<IReadOnlyList<T>> OrNoneIfAsync<T>(this Task<IReadOnlyList<T>> list, params ApiProblemKind[] kinds)
    {
        try
        {
            return await list;
        }
        catch (ApiProblem problem) when (kinds.Contains(problem.Kind))
        {
            return [];
        }
    }
}

/// <summary>Why the API did not give an answer, as far as a person would act on it differently.</summary>
public enum ApiProblemKind
{
    /// <summary>Something that no other value names.</summary>
    Other,

    /// <summary>No API server answers at the address.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The server's certificate is not accepted: expired, for another name, or from another authority.</summary>
    ServerCertificate,

    /// <summary>The server does not know who asks (401).</summary>
    Unauthorized,

    /// <summary>The one who asks may not do that (403).</summary>
    Forbidden,

    /// <summary>There is no such thing (404).</summary>
    NotFound,

    /// <summary>The server answers that it can't right now (500, 503).</summary>
    ServerError,
}
