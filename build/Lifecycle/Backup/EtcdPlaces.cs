using KubeLab.Kubernetes;
using KubeLab.Variables;

namespace KubeLab.Lifecycle;

/// <summary>Where etcd and what a restore of it needs lie on the nodes, as the inventory names it.</summary>
/// <param name="Programs">The folder of etcd's programs.</param>
/// <param name="Config">Kubernetes' configuration.</param>
/// <param name="Saved">What a backup holds of a node.</param>
public sealed record EtcdPlaces(string Programs, string Config, IReadOnlyList<string> Saved)
{
    private static readonly string[] Others = ["/etc/ssl/etcd", "/etc/etcd.env", "/etc/default/etcd"];

    /// <summary>The variables that it goes by.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["bin_dir", "kube_config_dir", "kube_cert_dir", "etcd_cert_dir"];

    /// <summary>The lines of a script by which etcd's programs find etcd.</summary>
    public string Settings => $"{NodeEtcd.Settings}PATH={ShellWords.Quote(Programs)}:$PATH\n";

    /// <summary>Reads it.</summary>
    /// <param name="variables">The variables, templates among <see cref="Variables"/> resolved.</param>
    /// <exception cref="UserError">A folder's name has characters that no shell takes as they are.</exception>
    public static EtcdPlaces Of(ClusterVariables variables)
    {
        string? Named(string name) => variables.OfCluster(name) is not { Unresolved: null } folder ? null
            : folder.Text.All(character => char.IsAsciiLetterOrDigit(character) || "/._-+@".Contains(character)) ? folder.Text
            : throw new UserError(
                $"{folder.Source}: {name} is no path that KubeLab can use on a node: {folder.Text}",
                "Correct it there. Nothing was changed.");

        var config = Named("kube_config_dir") ?? "/etc/kubernetes";
        return new EtcdPlaces(
            EtcdSurvey.Programs(variables), config,
            [.. new[] { config, Named("kube_cert_dir"), Named("etcd_cert_dir") }.OfType<string>().Concat(Others).Distinct()]);
    }
}
