using KubeLab.Distributions;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>The version of a component that the playbook installs.</summary>
internal static class ComponentVersion
{
    /// <summary>The version; null where it can't be told.</summary>
    /// <param name="checksums">The table whose newest version is the default from v2.28 on, where only the role's tasks can
    /// resolve it.</param>
    public static Version? Of(Node node, PreflightContext scene, string variable, string checksums) =>
        scene.Variables.Of(node, variable) switch
        {
            { Unresolved: null } set => Version.TryParse(set.Text.TrimStart('v').Split('-')[0], out var version) ? version : null,
            { IsDefault: true } => KubernetesVersions.Newest(scene.Distribution.Directory, checksums),
            _ => null,
        };
}
