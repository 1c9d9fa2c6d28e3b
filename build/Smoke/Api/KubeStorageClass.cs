using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>A StorageClass.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDefault">Whether claims that name none get it.</param>
public sealed record KubeStorageClass(string Name, bool IsDefault)
{
    /// <summary>Reads a StorageClass of the API.</summary>
    public static KubeStorageClass Read(JsonElement item)
    {
        var annotations = item.Texts("metadata", "annotations");
        return new KubeStorageClass(
            item.Text("metadata", "name") ?? "",
            annotations.GetValueOrDefault("storageclass.kubernetes.io/is-default-class") == "true"
                || annotations.GetValueOrDefault("storageclass.beta.kubernetes.io/is-default-class") == "true");
    }
}
