namespace KubeLab.Clusters;

/// <summary>Writes a new cluster's folder from a distribution's sample: group_vars with their comments, and nodes.</summary>
/// <param name="rootDirectory">The repository's root, which holds <c>inventory/</c>.</param>
public sealed class NewClusterWriter(string rootDirectory)
{
    private const string InventoryName = "inventory.ini";

    /// <summary>Writes the folder; one that is there is never touched.</summary>
    /// <param name="distributionDirectory">The distribution, which has <c>inventory/sample</c>.</param>
    /// <returns>The folder, absolute.</returns>
    /// <exception cref="UserError">The folder is there already, or the distribution has no sample.</exception>
    public string Write(NewClusterPlan plan, string distributionDirectory, KubespraySettings kubespray)
    {
        var directory = Path.Combine(rootDirectory, "inventory", plan.Name);
        if (Path.Exists(directory))
            throw new UserError(
                $"inventory/{plan.Name} is there already, and nothing in it was touched.",
                "Choose another --name, or edit the files there.");
        var sample = Path.Combine(distributionDirectory, "inventory", "sample");
        if (!File.Exists(Path.Combine(sample, InventoryName)))
            throw new UserError(
                $"{distributionDirectory} has no inventory/sample/{InventoryName} to start from.",
                "Name a Kubespray release: --kubespray-version v2.31.0.");

        // Written aside and moved into place, so that what an interrupted run leaves is no cluster.
        var aside = Path.Combine(rootDirectory, ".nuke", "temp", $"new-cluster-{Guid.NewGuid():N}");
        try
        {
            Copy(sample, aside);
            var inventory = Path.Combine(aside, InventoryName);
            File.WriteAllText(inventory, SampleInventory.Fill(File.ReadAllText(inventory), plan));
            File.WriteAllText(Path.Combine(aside, SettingsFile.Name), Settings(kubespray));
            // Whatever repository the folder lies in one day: passwords, keys and kubeconfigs are none of it.
            File.WriteAllText(Path.Combine(aside, ".gitignore"), "/artifacts/\n/credentials/\n");
            Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
            Directory.Move(aside, directory);
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        return directory;
    }

    private static string Settings(KubespraySettings kubespray)
    {
        var text = new StringBuilder("""
            # yaml-language-server: $schema=../kubelab.schema.json
            # KubeLab's settings of this cluster. All are optional; docs/settings.md explains each.
            ---
            distribution: kubespray
            kubespray:

            """.ReplaceLineEndings("\n"));
        if (kubespray.Path is { } path)
            text.Append($"  path: {Quoted(path)}\n");
        else
            text.Append($"  version: {Quoted(kubespray.Version)}\n");
        if (kubespray.Path is null && kubespray.Url != KubespraySettings.DefaultUrl)
            text.Append($"  url: {Quoted(kubespray.Url)}\n");
        return text.Append("# ssh:\n#   user: ubuntu\n#   private_key: ~/.ssh/id_ed25519\n").ToString();
    }

    private static string Quoted(string value) => $"'{value.Replace("'", "''")}'";

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos()
            .Where(each => each.Name is not ("artifacts" or "credentials")))
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo)
                Copy(entry.FullName, target);
            else
                File.Copy(entry.FullName, target);
        }
    }
}
