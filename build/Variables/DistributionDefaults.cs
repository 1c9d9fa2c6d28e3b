using KubeLab.Distributions;

namespace KubeLab.Variables;

/// <summary>The defaults of a distribution's roles, with the file and line of each.</summary>
public sealed class DistributionDefaults(Distribution distribution)
{
    // The roles whose defaults the playbook's checks see, nearest first. Kubespray renamed two of them: kubespray-defaults and
    // bootstrap-os got an underscore with v2.28, and kubespray-defaults had a single file up to v2.25.
    private static readonly string[] First = [
        Distribution.PreinstallDefaults,
        "roles/kubespray_defaults/defaults/main/main.yml",
        "roles/kubespray-defaults/defaults/main/main.yml",
        "roles/kubespray-defaults/defaults/main.yaml",
        "roles/kubernetes/kubeadm_common/defaults/main.yml",
        "roles/kubernetes/node/defaults/main.yml",
        "roles/kubernetes/control-plane/defaults/main.yml",
        "roles/kubernetes/control-plane/defaults/main/main.yml",
    ];

    // Templates are resolved while nodes answer, so that two may ask at once.
    private readonly ConcurrentDictionary<string, WrittenVariable?> found = new();
    private readonly ConcurrentDictionary<string, string> texts = new();

    /// <summary>Finds a variable's default: in the roles that the checks see, else in any role, as long as all that have it
    /// agree.</summary>
    /// <returns>The default, or null where no role has it, or where it depends on the role.</returns>
    public WrittenVariable? Find(string variable) => found.GetOrAdd(
        variable, name => First.Select(file => Read(file, name)).FirstOrDefault(value => value is not null) ?? Agreed(name));

    private WrittenVariable? Agreed(string variable)
    {
        var values = Others().Select(file => Read(file, variable)).OfType<WrittenVariable>().ToList();
        return values.Select(value => value.Value).Distinct().Count() == 1 ? values[0] : null;
    }

    private WrittenVariable? Read(string file, string variable)
    {
        // Most files do not have the variable: a look at the text is far cheaper than reading the YAML.
        var text = Text(file);
        return text.StartsWith($"{variable}:", StringComparison.Ordinal) || text.Contains($"\n{variable}:")
            ? distribution.Default(file, variable) : null;
    }

    private string Text(string file) =>
        texts.GetOrAdd(file, name => File.Exists(distribution.File(name)) ? File.ReadAllText(distribution.File(name)) : "");

    private IEnumerable<string> Others()
    {
        var roles = distribution.File("roles");
        if (!Directory.Exists(roles))
            return [];
        return Directory.EnumerateFiles(roles, "*.y*ml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(distribution.Directory, file).Replace('\\', '/'))
            .Where(file => file.Contains("/defaults/") && !file.Contains("/molecule/"))
            .Except(First).Order(StringComparer.Ordinal);
    }
}
