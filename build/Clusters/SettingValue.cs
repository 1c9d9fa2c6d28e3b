namespace KubeLab.Clusters;

/// <summary>A setting's value as it was written, and where.</summary>
/// <param name="Text">The text; for a list, its items separated by line feeds.</param>
/// <param name="Source">Where it was written: <c>inventory/lab/kubelab.yml:3:9</c>, <c>--private-key</c>, <c>PRIVATE_KEY</c>.</param>
/// <param name="Directory">The folder that a relative path counts from.</param>
public sealed record SettingValue(string Text, string Source, string Directory);
