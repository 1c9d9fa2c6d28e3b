using KubeLab.Distributions;
using Version = System.Version;

namespace KubeLab.Lifecycle;

/// <summary>The way from the Kubernetes that runs to the one that is wanted.</summary>
public sealed record UpgradePath(Version From, Version To)
{
    /// <summary>Judges an upgrade: one minor version at a time, never back, and only to what the distribution has.</summary>
    /// <param name="running">The versions that run: the API servers' and each kubelet's, by what runs them.</param>
    /// <exception cref="UserError">It can't be done in one step, or not with this distribution.</exception>
    public static UpgradePath Judge(
        IReadOnlyDictionary<string, Version> running, Version wanted, KubernetesVersions offered, string distribution)
    {
        if (running.Count == 0)
            throw new UserError(
                "Which Kubernetes the cluster runs can't be told: it names no node.",
                "Run ./build.sh SmokeTest --tier 0 to see what is wrong.");
        var lowest = running.MinBy(each => each.Value);
        var highest = running.MaxBy(each => each.Value);
        if (wanted < highest.Value)
            throw new UserError(
                $"{highest.Key} runs Kubernetes {highest.Value} already, and {wanted} would be a step back, which Kubernetes has no way for.",
                "Ask for a newer version: kube_version in group_vars, or --kubernetes-version.");
        if (wanted.Major != lowest.Value.Major || wanted.Minor > lowest.Value.Minor + 1)
            throw new UserError(
                $"From Kubernetes {lowest.Value}, which {lowest.Key} runs, to {wanted} it is more than one minor version, and kubeadm goes one at a time.",
                $"Go to {NextStep(lowest.Value, offered)} first, with --kubernetes-version{Elsewhere(lowest.Value, offered)}.");
        RequireOffered(wanted, offered, distribution);
        return new UpgradePath(lowest.Value, wanted);
    }

    /// <summary>The version that is wanted, as it is written.</summary>
    /// <exception cref="UserError">None is written, or what is written is no version.</exception>
    public static Version Wanted(string? written)
    {
        return written is null ? throw NoVersion("neither the inventory nor the distribution says one")
            : KubernetesVersions.Parse(written) ?? throw NoVersion($"{written} is no version");

        static UserError NoVersion(string why) =>
            new($"Which Kubernetes is wanted can't be told: {why}.", "Name it: --kubernetes-version 1.35.4.");
    }

    private static void RequireOffered(Version wanted, KubernetesVersions offered, string distribution)
    {
        if (offered.Minimum is { } minimum && wanted < minimum)
            throw new UserError(
                $"{distribution} installs Kubernetes {minimum} or newer, and {wanted} is older.",
                "Use an older release of the distribution: ./build.sh Versions lists them.");
        if (offered.Supported.Count == 0 || offered.Supported.Contains(wanted))
            return;
        var near = offered.Supported.Where(each => each.Minor == wanted.Minor).ToList();
        throw new UserError(
            $"{distribution} has no Kubernetes {wanted}: there is no checksum of it in {offered.Table[0].Source.Path}.",
            near.Count > 0
                ? $"It has {string.Join(", ", near)}."
                : $"It has {offered.Supported.Min()} to {offered.Supported.Max()}. ./build.sh Versions lists the releases with theirs.");
    }

    private static string NextStep(Version from, KubernetesVersions offered) =>
        offered.Supported.Where(each => each.Minor == from.Minor + 1).Max()?.ToString() ?? $"{from.Major}.{from.Minor + 1}";

    private static string Elsewhere(Version from, KubernetesVersions offered) =>
        offered.Supported.Any(each => each.Minor == from.Minor + 1)
            ? ""
            : " and an older release of the distribution; ./build.sh Versions lists them";
}
