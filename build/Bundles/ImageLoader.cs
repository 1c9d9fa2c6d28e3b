namespace KubeLab.Bundles;

/// <summary>Loads images with skopeo: into a folder aside, which takes its place once the image is whole.</summary>
internal sealed class ImageLoader(CommandRunner commands, BundleSource source, string architecture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Loads an image, unless it is there already.</summary>
    /// <exception cref="LoadFailure">It could not be loaded.</exception>
    /// <exception cref="UserError">The disk is full.</exception>
    public async Task LoadAsync(string image, string folder, CancellationToken cancellationToken)
    {
        // A digest that the release pins is that of the manifest; of an image for several architectures, of all of them.
        var pinned = image.Contains("@sha256:") ? image[(image.IndexOf("@sha256:", StringComparison.Ordinal) + 8)..] : null;
        if (Directory.Exists(folder) && await ImageFolder.ProblemAsync(folder, pinned, cancellationToken) is null)
            return;
        var from = source.Images(image);
        if (from.Count == 0)
            throw new LoadFailure(
                $"{source.Folder} has neither {ImageFolder.PathOf(image)} nor an archive of it", isPassing: false);
        var aside = $"{folder}.part";
        string? why = null;
        foreach (var each in from)
        {
            Remove(aside);
            Directory.CreateDirectory(aside);
            var result = await commands.RunToLimitAsync(
                Copy(each, aside, pinned is not null), cancellationToken: cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            why = result.Succeeded ? await ImageFolder.ProblemAsync(aside, pinned, cancellationToken) : SkopeoSaid.Of(result);
            if (why?.Contains("no space left on device", StringComparison.Ordinal) == true)
            {
                Remove(aside);
                throw FileLoader.DiskFull(folder, image);
            }

            if (why is null)
            {
                Remove(folder);
                Directory.Move(aside, folder);
                return;
            }
        }

        Remove(aside);
        throw new LoadFailure(why!, isPassing: false);
    }

    /// <summary>How large an image is with all its layers, in bytes; null where that can't be told.</summary>
    /// <exception cref="LoadFailure">It isn't there.</exception>
    public async Task<long?> SizeAsync(string image, CancellationToken cancellationToken)
    {
        if (source.Images(image) is not [var from, ..])
            throw new LoadFailure(
                $"{source.Folder} has neither {ImageFolder.PathOf(image)} nor an archive of it", isPassing: false);
        if (from.StartsWith("docker-archive:", StringComparison.Ordinal))
            return new FileInfo(from["docker-archive:".Length..]).Length;
        var inspect = CommandLine.Of("skopeo", [.. Platform, "inspect", .. Plain("--tls-verify=false"), "--raw", from]);
        var result = await commands.RunToLimitAsync(inspect, cancellationToken: cancellationToken);
        if (!result.Succeeded)
            throw new LoadFailure(SkopeoSaid.Of(result), isPassing: false);
        return Layers(result.StandardOutput);
    }

    private static long? Layers(string manifest)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(manifest).TryGetProperty("layers", out var layers)
                ? layers.EnumerateArray().Sum(layer => layer.GetProperty("size").GetInt64()) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private IReadOnlyList<string> Platform => ["--override-os", "linux", "--override-arch", architecture];

    private string[] Plain(string option) => source.IsPlain ? [option] : [];

    private CommandLine Copy(string from, string folder, bool all) => CommandLine.Of(
        "skopeo",
        [
            .. Platform, "copy", "--quiet", "--preserve-digests", .. all ? ["--all"] : Array.Empty<string>(),
            .. Plain("--src-tls-verify=false"), from, $"dir:{folder}",
        ]) with
    { Timeout = Limit };

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}

/// <summary>What skopeo says where it fails.</summary>
internal static partial class SkopeoSaid
{
    /// <summary>The message of its last line, without the frame of its log and the name that was asked for.</summary>
    public static string Of(CommandResult result)
    {
        if (result.TimedOut)
            return $"skopeo had no end after {result.Command.Timeout.TotalMinutes:0} min";
        var last = result.StandardError.TrimEnd().Split('\n')[^1];
        var at = last.IndexOf("msg=", StringComparison.Ordinal);
        return PlainText.Line(Frame().Replace(at < 0 ? last : last[(at + 4)..].Trim('"').Replace("\\\"", "\""), ""));
    }

    [GeneratedRegex("""^Error parsing image name "[^"]{1,500}": (pinging container registry [^ ]{1,300}: )?""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Frame();
}
