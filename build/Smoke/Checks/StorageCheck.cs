using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>A volume of the default StorageClass is bound, written by a pod, and read by the next, elsewhere if it can.</summary>
public sealed class StorageCheck : IStagedCheck
{
    private static readonly TimeSpan PodLimit = TimeSpan.FromSeconds(180);

    public string Id => "storage";
    public string Title => "A volume is bound, written and read again";
    public SmokeArea Area => SmokeArea.Data;
    public string Needs => "a default StorageClass";
    public IReadOnlyList<string> Manifests => [];

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken)
    {
        var classes = await context.Api.ListAsync(ApiPaths.StorageClasses, KubeStorageClass.Read);
        if (classes.FirstOrDefault(found => found.IsDefault) is not { } used)
            return SmokeVerdict.Skip(
                classes.Count == 0 ? "the cluster has no StorageClass" : "no StorageClass is the default one");

        var stage = context.RequiredStage;
        var writer = await RunPodAsync(stage, "claim", "volume-writer", new Dictionary<string, string>(), cancellationToken);
        if (writer is not { IsCompleted: true })
            return await JudgeAsync(context, used, writer, null, null);

        await stage.KubectlAsync(["delete", "pod", writer.Name, "--wait=false"], cancellationToken);
        await stage.WaitForPodsAsync(pods => !pods.Any(pod => pod.Name == writer.Name), PodLimit, cancellationToken);
        var values = new Dictionary<string, string>() { ["node"] = writer.Node ?? "" };
        var reader = await RunPodAsync(stage, "reader", "volume-reader", values, cancellationToken);
        var read = reader is { IsCompleted: true }
            ? await context.Api.FreshTextAsync($"{ApiPaths.PodsOf(stage.Name)}/{reader.Name}/log")
            : null;
        return await JudgeAsync(context, used, writer, reader, read);
    }

    /// <summary>Judges what happened.</summary>
    /// <param name="writer">The pod that writes; null where it was never made.</param>
    /// <param name="reader">The pod that reads; null where it never came to that.</param>
    /// <param name="warnings">The namespace's warnings, which say why a volume isn't bound.</param>
    internal static SmokeVerdict Judge(
        KubeStorageClass used, KubePod? writer, KubePod? reader, string? read, string written, IReadOnlyList<KubeEvent> warnings)
    {
        if (writer is not { IsCompleted: true })
            return Stuck(used, "written", writer, warnings);
        if (reader is not { IsCompleted: true })
            return Stuck(used, "read again", reader, warnings);
        var where = writer.Node == reader.Node ? $"on {writer.Node} alone" : $"from {writer.Node} to {reader.Node}";
        return read?.Trim() == written
            ? SmokeVerdict.Pass($"a volume of {used.Name} kept what was written, {where}")
            : SmokeVerdict.Fail($"the volume of {used.Name} came back without what was written", reader.Reference, reader.Node);
    }

    private static SmokeVerdict Stuck(KubeStorageClass used, string what, KubePod? pod, IReadOnlyList<KubeEvent> warnings)
    {
        var said = warnings.LastOrDefault(
            item => item.About is "PersistentVolumeClaim/data" || item.About == $"Pod/{pod?.Name}")?.Message;
        var reason = said ?? pod?.Trouble() ?? "its pod was not made";
        var problem = $"the volume of {used.Name} could not be {what} within {PodLimit.TotalSeconds:0} s: {reason}";
        return SmokeVerdict.Fail(problem, pod?.Reference, pod?.Node);
    }

    private static async Task<SmokeVerdict> JudgeAsync(
        SmokeContext context, KubeStorageClass used, KubePod? writer, KubePod? reader, string? read)
    {
        var stage = context.RequiredStage;
        return Judge(used, writer, reader, read, stage.Token, await stage.WarningsAsync());
    }

    private static async Task<KubePod?> RunPodAsync(
        TestNamespace stage, string manifest, string name,
        IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        await stage.ApplyAsync(stage.Render(manifest, values), cancellationToken);
        KubePod? Find(IReadOnlyList<KubePod> pods) => pods.FirstOrDefault(pod => pod.Name == name);
        await stage.WaitForPodsAsync(pods => Find(pods) is { Phase: "Succeeded" or "Failed" }, PodLimit, cancellationToken);
        return Find(await stage.PodsAsync());
    }
}
