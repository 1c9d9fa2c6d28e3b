using System.Text.Encodings.Web;
using KubeLab.Ansible;

namespace KubeLab.Bundles;

/// <summary>The variables that lead a deployment to where its bundle is served: <c>offline.yml</c> beside the bundle.</summary>
public static class OfflineFile
{
    // JSON is YAML; it is no part of a page.
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file of a bundle.</summary>
    public static string PathOf(string bundle) => Path.Combine(bundle, "offline.yml");

    /// <summary>Writes it.</summary>
    public static void Write(BundleFolder bundle, ServeOptions options)
    {
        var variables = OfflineVariables.For(bundle.Manifest.Offline, options.Files, options.Registry);
        var lines = variables.Select(variable => $"{variable.Key}: {JsonSerializer.Serialize(variable.Value, OneLine)}");
        Aside.Write(PathOf(bundle.Path), $"""
            # Leads all that {bundle.Manifest.Release} downloads to the bundle that KubeLab serves on {options.Address}.
            # Use it as it is: --extra-vars @offline.yml, or copy it to group_vars/all/offline.yml of the inventory.
            # The operating system's own sources are not Kubespray's to redirect: ServeBundle --redirect-packages does that.
            ---
            {string.Join('\n', lines)}

            """);
    }
}
