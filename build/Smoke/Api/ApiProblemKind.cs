namespace KubeLab.Smoke.Api;

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
