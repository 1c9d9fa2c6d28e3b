namespace KubeLab.Kubernetes;

/// <summary>The state of one container of a pod.</summary>
/// <param name="WaitingReason">Why it waits, such as <c>CrashLoopBackOff</c>; null where it doesn't.</param>
/// <param name="ExitCode">The exit code of a container that ended; null where it runs or waits.</param>
public sealed record KubeContainer(
    string Name, string Image, int Restarts, string? WaitingReason, string WaitingMessage, bool IsRunning, int? ExitCode)
{
    /// <summary>Whether its image could not be had.</summary>
    public bool LacksImage => WaitingReason is "ErrImagePull" or "ImagePullBackOff" or "ErrImageNeverPull" or "InvalidImageName"
        or "ImageInspectError" or "RegistryUnavailable";

    /// <summary>What keeps it from running, in words; null where nothing does or it is merely being made.</summary>
    public string? Trouble
    {
        get
        {
            if (LacksImage)
                return $"the image {Image} can't be pulled: {WaitingMessage}";
            if (WaitingReason is not null and not "ContainerCreating" and not "PodInitializing")
                return $"container {Name}: {WaitingReason} after {Restarts} restarts: {WaitingMessage}";
            return ExitCode is not null and not 0 ? $"container {Name} ended with exit code {ExitCode}" : null;
        }
    }

    /// <summary>Reads a container's status of the API.</summary>
    public static KubeContainer Read(JsonElement status) => new(
        status.Text("name") ?? "",
        status.Text("image") ?? "",
        status.Number("restartCount"),
        status.Text("state", "waiting", "reason"),
        status.Text("state", "waiting", "message") ?? "",
        status.At("state", "running") is not null,
        status.At("state", "terminated") is { } terminated ? terminated.Number("exitCode") : null);
}
