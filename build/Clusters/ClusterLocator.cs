namespace KubeLab.Clusters;

/// <summary>Finds a cluster's folder and what in it is the inventory.</summary>
/// <param name="rootDirectory">The repository's root, which holds <c>inventory/</c> and <c>artifacts/</c>.</param>
public sealed class ClusterLocator(string rootDirectory)
{
    private const int HashLength = 8;

    // The names that Kubespray's documentation and its samples use, most usual first.
    private static readonly string[] UsualNames = [
        "inventory.ini", "hosts.yml", "hosts.yaml", "hosts.ini", "hosts",
        "inventory.yml", "inventory.yaml", "inventory.py", "inventory.sh",
    ];

    /// <summary>Finds a cluster by its folder's name under <c>inventory/</c>, or a path to its folder or inventory.</summary>
    /// <param name="overrides">Settings from the command line and the environment, which outrank <c>kubelab.yml</c>.</param>
    /// <param name="defaults">Settings that <c>kubelab.yml</c> outranks.</param>
    /// <exception cref="UserError">There is no such folder, or no inventory in it; the error lists those there are.</exception>
    public Cluster Find(
        string inventory, IReadOnlyDictionary<string, SettingValue> overrides, IReadOnlyDictionary<string, SettingValue> defaults)
    {
        var (directory, file) = Locate(inventory);
        var settingsPath = Path.Combine(directory, SettingsFile.Name);
        var binder = new SettingsBinder(overrides, SettingsFile.Read(settingsPath, Shown(settingsPath)), defaults);
        var settings = binder.Bind();
        // The lab makes its key with its nodes.
        if (!settings.HasLabMachines)
            binder.RequireFiles();
        var own = settings.InventoryFile;
        var cluster = new Cluster(
            Path.GetFileName(directory), directory, file ?? own ?? InventoryIn(directory), settings,
            Path.Combine(rootDirectory, "artifacts", ArtifactsName(directory, IsAnother(file, own, directory) ? file : null)))
        { MoreInventories = settings.MoreInventories };
        foreach (var each in cluster.Inventories)
            CheckInventory(each);
        return WithPinnedHosts(cluster);
    }

    // A folder under inventory/ is the only one of its name there. Any other shares its name with who knows how many, so it goes
    // by its path, too; and so does an inventory file beside the folder's own. Two clusters never write into one folder.
    private string ArtifactsName(string directory, string? anotherFile)
    {
        var real = RealPath.Of(directory);
        var known = Directory.Exists(InventoryDirectory)
            ? Directory.EnumerateDirectories(InventoryDirectory).Where(each => RealPath.Of(each) == real)
                .Order(StringComparer.Ordinal).ToList()
            : [];
        if (anotherFile is null && known.Count > 0)
            return Path.GetFileName(known.Find(each => each == directory) ?? known[0]);
        var key = CacheKey.Of(anotherFile is null ? real : RealPath.Of(anotherFile));
        return $"{Path.GetFileName(directory)}-{key[..HashLength]}";
    }

    private static bool IsAnother(string? file, string? own, string directory) =>
        file is not null && (own ?? (UsualIn(directory) is [var only] ? only : null)) is var usual
            && (usual is null || RealPath.Of(usual) != RealPath.Of(file));

    // Host keys that PinHosts pinned hold unless the settings name others.
    private static Cluster WithPinnedHosts(Cluster cluster) =>
        cluster.Settings.Ssh.KnownHosts is null && File.Exists(cluster.PinnedHostsFile)
            ? cluster with { Settings = cluster.Settings with { Ssh = Pinned(cluster) } }
            : cluster;

    // ssh connects to a host with a changed key all the same where the check is off; accept-new refuses it, as yes does.
    private static SshSettings Pinned(Cluster cluster) => cluster.Settings.Ssh with
    {
        KnownHosts = cluster.PinnedHostsFile,
        HostKeyChecking = cluster.Settings.Ssh.HostKeyChecking == "no" ? "yes" : cluster.Settings.Ssh.HostKeyChecking,
    };

    // Ansible passes over such files in a folder, with exit code 0 and no hosts, as Kubespray's ansible.cfg lists them.
    private void CheckInventory(string inventory)
    {
        if (Directory.Exists(inventory))
        {
            var passedOver = Directory.EnumerateFiles(inventory).Where(path => Path.GetExtension(path) is ".ini" or ".cfg")
                .Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToList();
            if (passedOver.Count > 0)
                throw new UserError(
                    $"{Shown(inventory)} is a folder, and in one Ansible passes over {string.Join(", ", passedOver)} without a word.",
                    $"Name the file instead, as {Shown(Path.Combine(inventory, passedOver[0]))}, or take the ending off its name.");
        }
        else if (!File.Exists(inventory))
        {
            throw new UserError(
                $"There is no inventory {Shown(inventory)}.",
                $"Correct inventory or inventories in {SettingsFile.Name}; relative paths count from its folder.");
        }
    }

    /// <summary>The cluster of a kubeconfig, where it has no inventory; its record goes to <c>artifacts/kubeconfig</c>.</summary>
    /// <param name="overrides">Settings from the command line and the environment.</param>
    /// <exception cref="UserError">There is no such file.</exception>
    public Cluster WithoutInventory(
        string kubeconfig, IReadOnlyDictionary<string, SettingValue> overrides,
        IReadOnlyDictionary<string, SettingValue> defaults)
    {
        const string name = "kubeconfig";
        var file = Path.GetFullPath(kubeconfig);
        return File.Exists(file)
            ? new Cluster(
                name, Path.GetDirectoryName(file)!, file, new SettingsBinder(overrides, defaults).Bind(),
                Path.Combine(rootDirectory, "artifacts", name))
            : throw new UserError(
                $"There is no kubeconfig {file}.", "Name the file with --kubeconfig, or the cluster with --inventory.");
    }

    /// <summary>The names of the clusters there are, sorted.</summary>
    public IReadOnlyList<string> Names() => Directory.Exists(InventoryDirectory)
        ? [.. Directory.EnumerateDirectories(InventoryDirectory).Select(directory => Path.GetFileName(directory)!)
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>A path as messages show it: relative to the repository's root where it lies in it.</summary>
    public string Shown(string path) => ShownPath.Of(rootDirectory, path);

    private string InventoryDirectory => Path.Combine(rootDirectory, "inventory");

    private (string Directory, string? File) Locate(string inventory)
    {
        var named = Path.Combine(InventoryDirectory, inventory);
        if (inventory.Length > 0 && !Path.IsPathRooted(inventory) && Directory.Exists(named))
            return (Path.GetFullPath(named).TrimEnd('/'), null);
        var path = Path.GetFullPath(inventory.Length > 0 ? inventory : ".", rootDirectory).TrimEnd('/');
        if (inventory.Length > 0 && Directory.Exists(path))
            return (path, null);
        if (File.Exists(path))
            return (Path.GetDirectoryName(path)!, path);
        throw new UserError(
            $"There is no inventory {inventory}: neither the folder {Shown(named)} nor a folder or file {path}.{NearestName.Hint(inventory, Names())}",
            $"There are: {string.Join(", ", Names())}. For your own, copy inventory/sample to inventory/<name>.");
    }

    /// <summary>Whether a folder holds an inventory by one of its usual names.</summary>
    public static bool HasInventory(string directory) => UsualIn(directory).Count > 0;

    private static List<string> UsualIn(string directory) =>
        [.. UsualNames.Select(name => Path.Combine(directory, name)).Where(File.Exists)];

    private string InventoryIn(string directory)
    {
        var found = UsualIn(directory);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new UserError(
                $"{Shown(directory)} holds no inventory: none of {string.Join(", ", UsualNames)} is there.",
                $"Name the file in {Shown(Path.Combine(directory, SettingsFile.Name))}: inventory: <file>"),
            _ => throw new UserError(
                $"{Shown(directory)} holds more than one inventory: {string.Join(", ", found.Select(Path.GetFileName))}.",
                $"Say which in {Shown(Path.Combine(directory, SettingsFile.Name))}: inventory: {Path.GetFileName(found[0])}"),
        };
    }
}
