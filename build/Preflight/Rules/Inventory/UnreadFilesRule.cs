using KubeLab.Ansible;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>Ansible reads every file of variables beside the inventory: of one for a group or host that isn't there it says
/// nothing.</summary>
internal sealed class UnreadFilesRule() : ClusterRule("unread-files", "Files of variables that nothing reads",
    RuleStage.Inventory, FindingStatus.Warning)
{
    private const double Tolerance = 0.2;
    private static readonly string[] Folders = ["group_vars", "host_vars"];

    // What people lay beside variables, and what they have switched off.
    private static readonly string[] NoVariables =
        [".md", ".rst", ".adoc", ".bak", ".orig", ".old", ".example", ".sample", ".dist", ".disabled", ".off", ".swp", ".j2",
            ".gitkeep"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var (groups, hosts) = (FilesRead.Groups(scene.Deployment), FilesRead.Hosts(scene.Deployment));
        var orphans = scene.Deployment.Files.All.Where(file => !Known(file).Contains(file.Name) && IsVariables(file))
            .GroupBy(file => (file.Owner, file.Name)).Select(each => Orphan([.. each], Known(each.First())));
        var passed = scene.Deployment.Files.All.Where(file => Known(file).Contains(file.Name) && file.Passed is not null
            && IsVariables(file)).Select(Passed);
        return orphans.Concat(passed).Concat(Elsewhere(scene)).Concat(Misnamed(scene))
            .DefaultIfEmpty(Pass("Ansible reads every file of variables"));

        IReadOnlySet<string> Known(VariableFile file) => file.Owner == VariableOwner.Group ? groups : hosts;
    }

    private static bool IsVariables(VariableFile file)
    {
        var name = Path.GetFileName(file.Path);
        var extension = Path.GetExtension(name);
        return !name.StartsWith('.') && !name.EndsWith('~') && !NoVariables.Contains(extension) && !name
            .StartsWith("README", StringComparison.Ordinal)
            && (extension != ".txt" || file.Text.Outline?.Shape == YamlShape.Mapping);
    }

    private Finding Orphan(IReadOnlyList<VariableFile> files, IReadOnlySet<string> known)
    {
        var (kind, name, shown) = (files[0].Owner == VariableOwner.Group ? "group" : "host", files[0].Name, files[0].Shown);
        var bare = Path.GetFileNameWithoutExtension(name);
        var first = name.Split('.')[0];
        var isFile = Folders.Contains(Path.GetFileName(Path.GetDirectoryName(files[0].Path)));
        if (isFile && Path.GetFileName(files[0].Path) == name
            && (known.Contains(bare) || known.Contains(Path.GetFileNameWithoutExtension(bare))))
            return Passed(
                files[0] with
                {
                    Passed = "of files here Ansible only reads those that end in .yml, .yaml, .json or have no ending",
                });
        return Warn(
            $"{string.Join(", ", files.Select(file => file.Shown))}: the inventory has no {kind} {name}, so Ansible reads nothing of this.{NearestName.Hint(known.Contains(first) ? first : name, known)}",
            $"Rename it to the {kind} that it is for, or take it away.")
                .Compared($"no {kind} {name}", $"a {kind} of the inventory", shown);
    }

    private Finding Passed(VariableFile file) => Warn(
        $"{file.Shown}: nothing reads this file: {file.Passed}",
            "Rename it, move what it says to a file that is read, or take it away.")
            .Compared(Path.GetFileName(file.Path), "a file that Ansible reads", file.Shown);

    // Ansible only looks beside the inventory itself.
    private IEnumerable<Finding> Elsewhere(PreflightContext scene)
    {
        var cluster = scene.Cluster;
        var beside = cluster.Inventories.Select(VariableFiles.Folder).Select(RealPath.Of).ToHashSet(StringComparer.Ordinal);
        var near = new[] { cluster.Directory, Path.GetDirectoryName(cluster.Directory) ?? cluster.Directory }
            .Concat(cluster.Inventories.Select(VariableFiles.Folder).SelectMany(Above))
            .Concat(Directory.Exists(cluster.Directory) ? Directory.EnumerateDirectories(cluster.Directory) : []);
        return near.Distinct(StringComparer.Ordinal).Where(folder => !beside.Contains(RealPath.Of(folder))
            && !HasInventory(folder, cluster))
            .SelectMany(folder => Folders.Select(name => Path.Combine(folder, name))).Where(Directory.Exists)
            .Select(folder => Warn(
                $"{scene.Deployment.Shown(folder)} lies beside no inventory that is used, so Ansible reads nothing of it",
                $"Move it beside {scene.Deployment.Shown(cluster.InventoryFile)}, or take it away.")
                    .Compared(scene.Deployment.Shown(folder), "beside the inventory", scene.Deployment
                        .Shown(cluster.InventoryFile)));
    }

    private IEnumerable<Finding> Misnamed(PreflightContext scene) =>
        scene.Cluster.Inventories.Select(VariableFiles.Folder).Distinct(StringComparer.Ordinal).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(folder => !Folders.Contains(Path.GetFileName(folder)) && Directory.EnumerateFileSystemEntries(folder).Any())
            .SelectMany(folder => NearestName.Of(Path.GetFileName(folder), Folders, Tolerance) is not { } near ? [] : new[]
            {
                Warn(
                    $"{scene.Deployment.Shown(folder)}: nothing reads this folder. Did you mean {near}?",
                    $"Rename it to {near}, or take it away.")
                    .Compared(Path.GetFileName(folder), near, scene.Deployment.Shown(folder)),
            });

    private static IEnumerable<string> Above(string folder) => Path.GetDirectoryName(folder) is { } parent ? [parent] : [];

    // Those of another cluster are that one's.
    private static bool HasInventory(string folder, Cluster cluster) =>
        folder != cluster.Directory && Directory.Exists(folder) && ClusterLocator.HasInventory(folder);
}
