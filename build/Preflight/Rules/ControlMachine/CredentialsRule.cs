namespace KubeLab.Preflight;

/// <summary>Nobody else can read the passwords and keys that Kubespray makes up and leaves beside the inventory
/// (<c>credentials_dir</c>, by default <c>credentials</c>).</summary>
internal sealed class CredentialsRule() : ClusterRule(
    "credentials", "Passwords beside the inventory", RuleStage.ControlMachine, FindingStatus.Warning)
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode OthersEnter = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        var folder = Path.Combine(scene.Cluster.Directory, "credentials");
        var open = OperatingSystem.IsWindows() || !Directory.Exists(folder) || !IsOpen(folder) ? [] : Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsOpen).Select(Path.GetFileName).Order().ToList();
        var verdict = open.Count == 0
            ? Pass("nobody else can read them")
            : Warn(
                $"Other users of this machine can read {string.Join(", ", open)} in {folder}",
                $"chmod -R go= {ShellWords.Quote(folder)}");
        yield return verdict.Compared($"{open.Count} that others can read", "none", "KubeLab: they are passwords and keys");
    }

    // A folder that only its owner may enter keeps what is in it, whatever the modes there.
    private static bool IsOpen(string path) => !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & (Directory.Exists(path) ? OthersEnter : Others)) != 0;
}
