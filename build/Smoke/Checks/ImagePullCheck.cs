using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A node gets the test's image from its registry, though it has it already: what is there may hide that nothing can be
/// had any more.</summary>
public sealed class ImagePullCheck : IStagedCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public string Id => "image-pull";
    public string Title => "An image can be pulled from the configured registry";
    public SmokeArea Area => SmokeArea.Workloads;
    public string Needs => "an image that a registry has (smoke.image)";
    public IReadOnlyList<string> Manifests => [];

    /// <summary>The part that its pod plays.</summary>
    internal static string Part => "pull";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var stage = context.RequiredStage;
        if (IsOfNodes(context.Options.PodImage))
            return SmokeVerdict.Skip($"{context.Options.PodImage} is in no registry");
        await stage.ApplyAsync(stage.Render(Part), cancellationToken);
        KubePod? pod = null;
        await stage.WaitAsync(
            async () =>
            {
                pod = (await stage.PodsAsync())
                    .FirstOrDefault(each => each.Labels.GetValueOrDefault(NamespaceSnapshot.PartLabel) == Part);
                return pod is { IsCompleted: true } or { Phase: "Failed" };
            },
            Patience, cancellationToken);
        return Judge(context.Options.PodImage, pod);
    }

    // RFC 2606: no such name ever resolves. The image lies on the nodes alone.
    internal static bool IsOfNodes(string image) => image.Split('/')[0].EndsWith(".invalid", StringComparison.Ordinal);

    internal static SmokeVerdict Judge(string image, KubePod? pod) => pod switch
    {
        { IsCompleted: true } => SmokeVerdict.Pass($"{image} was pulled on {pod.Node}"),
        null => SmokeVerdict.Fail($"the pod that pulls {image} isn't there"),
        { Node: null } => SmokeVerdict.Skip($"the pod that pulls it was not scheduled: {pod.Trouble()}"),
        _ when pod.Containers.Any(container => container.LacksImage) =>
            SmokeVerdict.Fail(pod.Trouble() ?? "the image can't be pulled", pod.Reference, pod.Node),
        _ => SmokeVerdict.Fail($"the pod that pulls {image} is not done after {Patience.TotalSeconds:0} s: {pod.Trouble()}",
            pod.Reference, pod.Node),
    };
}
