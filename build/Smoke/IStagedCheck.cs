namespace KubeLab.Smoke;

/// <summary>A check that needs objects in the test's namespace.</summary>
public interface IStagedCheck : ISmokeCheck
{
    /// <summary>
    /// The files below <c>manifests/</c>, without their ending, that are created before it runs. A file that several checks
    /// name is created once, and all of them in one call.
    /// </summary>
    IReadOnlyList<string> Manifests { get; }
}
