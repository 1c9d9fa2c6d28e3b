namespace KubeLab.Records;

/// <summary>The folder that runs of a cluster write to: whose it is, and whether this user may write there.</summary>
public static class ArtifactsFolder
{
    /// <summary>Makes sure that a run may write there, before it does anything else.</summary>
    /// <param name="checkout">KubeLab's own folder, whose owner gets what a run with sudo makes; null for none.</param>
    /// <exception cref="UserError">It may not, or somebody else may; the error says how that is mended.</exception>
    public static void RequireWritable(Cluster cluster, string? checkout = null)
    {
        // What root writes, and what Ansible reads again as root (facts), is nobody's to change.
        if (Environment.IsPrivilegedProcess)
        {
            TrustedFolder.Require(cluster.RunsDirectory, checkout);
            TrustedFolder.Require(Path.Combine(cluster.ArtifactsDirectory, "facts"), checkout);
        }

        var existing = new[] { cluster.ArtifactsDirectory, cluster.RunsDirectory }.Select(NearestFolder.Of).Distinct();
        foreach (var folder in existing)
        {
            try
            {
                using var probe = new FileStream(
                    Path.Combine(folder, $".kubelab-{Guid.NewGuid():N}"), FileMode.CreateNew,
                    FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException exception)
            {
                throw new UserError(
                    $"Nothing can be written to {folder}, where runs on the cluster {cluster.Name} leave their records: {exception.Message.TrimEnd('.')}.",
                    "Free some space there (df -h shows how much there is), or make the file system writable.", exception);
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new UserError(
                    $"{Environment.UserName} may not write to {folder}, where runs on the cluster {cluster.Name} leave their records and its kubeconfig.",
                    $"A run as another user has made it, with sudo for one. Take it over: sudo chown -R {ShellWords.Quote(Environment.UserName)} {ShellWords.Quote(folder)}",
                    exception);
            }
        }
    }

    /// <summary>What a run with sudo has made goes to the owner of the checkout, so that a run without it can go on from there;
    /// build.sh does the same with what it compiles. Does nothing where the run has no such privilege.</summary>
    /// <returns>Why it couldn't be; null where it is done or needn't be.</returns>
    public static async Task<string?> HandOverAsync(
        CommandRunner commands, string rootDirectory, params IReadOnlyList<string> folders)
    {
        var made = folders.Where(Directory.Exists).ToList();
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || made.Count == 0)
            return null;
        try
        {
            var chown = await commands.RunAsync(
                new CommandLine("chown", ["--recursive", "--no-dereference", $"--reference={rootDirectory}", "--", .. made]));
            return chown.Succeeded ? null : chown.StandardError.Trim();
        }
        catch (UserError error)
        {
            return error.Message;
        }
    }
}
