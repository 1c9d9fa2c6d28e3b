namespace KubeLab.Lab;

/// <summary>The node image: built once from its recipe, then kept in the cache.</summary>
public sealed class LabImage(LabRecipe recipe, string cache, CommandRunner commands, ConsoleLog log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    /// <summary>Where images are kept.</summary>
    public string Folder { get; } = Path.Combine(cache, "lab");

    private string ImagePath => Path.Combine(Folder, recipe.Hash());

    /// <summary>The image, if it has been built; null if not.</summary>
    public NodeImage? Find() =>
        File.Exists(IdFile(ImagePath)) ? new NodeImage(ImagePath, File.ReadAllText(IdFile(ImagePath)).Trim()) : null;

    /// <summary>The image, built where it isn't there: 5 to 15 minutes, with progress.</summary>
    /// <exception cref="UserError">The build failed.</exception>
    public async Task<NodeImage> EnsureAsync(CancellationToken cancellationToken)
    {
        if (Find() is { } image)
            return image;
        log.Info(
            "Building the lab's node image from Debian's archive, Kubernetes' source included. It is built once, in 5 to 15 minutes.");
        var build = CommandLine.Of(recipe.Script, ImagePath) with { Timeout = Limit };
        log.Command(build);
        var work = commands.RunAsync(build, Progress, Progress, cancellationToken);
        var result = await log.WatchAsync("The node image", work);
        result.EnsureSucceeded("Building the node image", "The same command goes on where it stopped.");
        return Find()
            ?? throw new UserError($"{recipe.Script} ended well and left no image at {ImagePath}.", "Please report this.");
    }

    /// <summary>Removes all node images.</summary>
    /// <returns>Whether there were any.</returns>
    public async Task<bool> RemoveAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Folder))
            return false;
        var remove = CommandLine.Of("rm", "-rf", "--one-file-system", "--", Folder);
        (await commands.RunAsync(remove, cancellationToken: cancellationToken)).EnsureSucceeded($"Deleting {Folder}");
        return true;
    }

    private static string IdFile(string image) => Path.Combine(image, "id");

    // Both outputs come on threads of their own.
    private void Progress(string line)
    {
        lock (recipe)
            log.Detail($"  {line}");
    }
}
