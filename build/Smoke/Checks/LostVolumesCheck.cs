using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>No volume is lost: whoever claims one that is gone never starts again.</summary>
public sealed class LostVolumesCheck : ISmokeCheck
{
    public string Id => "lost-volumes";
    public string Title => "No volume is lost or could not be reclaimed";
    public SmokeArea Area => SmokeArea.Data;

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) => Judge(
        await context.Api.ListAsync("/api/v1/persistentvolumes", Volume.Read),
        await context.Api.ListAsync("/api/v1/persistentvolumeclaims", Volume.Read));

    internal static SmokeVerdict Judge(IReadOnlyList<Volume> volumes, IReadOnlyList<Volume> claims)
    {
        if (volumes.Count + claims.Count == 0)
            return SmokeVerdict.Skip("the cluster has no volumes");
        List<Finding> findings =
        [
            .. claims.Where(claim => claim.Phase == "Lost").Select(claim => Finding.Fail(
                null, $"the claim {claim.Space}/{claim.Name} has lost its volume {claim.Other}, and with it its data",
                new("persistentvolumeclaim", claim.Name, claim.Space))),
            .. volumes.Where(volume => volume.Phase == "Failed").Select(volume => Finding.Fail(
                null, $"the volume {volume.Name} could not be reclaimed: {volume.Message}",
                    new("persistentvolume", volume.Name))),
        ];
        return SmokeVerdict.From($"{volumes.Count} volumes and {claims.Count} claims, none of them lost", findings);
    }

    /// <summary>A volume, or a claim to one.</summary>
    /// <param name="Other">The volume that a claim is bound to; null for none.</param>
    internal sealed record Volume(string? Space, string Name, string Phase, string Message, string? Other)
    {
        public static Volume Read(JsonElement item) => new(
            item.Text("metadata", "namespace"), item.Text("metadata", "name") ?? "", item.Text("status", "phase") ?? "",
            item.Text("status", "message") ?? "", item.Text("spec", "volumeName"));
    }
}
