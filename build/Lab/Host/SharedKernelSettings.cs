namespace KubeLab.Lab;

/// <summary>Kernel settings that nodes share with this machine, that Kubespray's playbooks raise, and that have to be real there:
/// this machine has what a node sets, until <c>LabDown</c>. Source: Kubespray's v2.31.0,
/// <c>roles/kubernetes/preinstall/tasks/0080-system-configurations.yml</c>, and its sample of <c>additional_sysctl</c>.</summary>
/// <param name="settings">The folder of the kernel's settings.</param>
internal sealed class SharedKernelSettings(LabFolder lab, ConsoleLog log, string settings = "/proc/sys")
{
    private static readonly IReadOnlyList<string> Shared = [
        "fs/inotify/max_user_instances", "fs/inotify/max_user_watches", "fs/inotify/max_queued_events", "kernel/pid_max",
    ];

    /// <summary>Keeps what they are now.</summary>
    /// <param name="nodesRun">Whether nodes may have set them already; then what was kept is what they were before.</param>
    public void Keep(bool nodesRun)
    {
        if (nodesRun && File.Exists(lab.KernelSettings))
            return;
        var lines = Shared.Where(setting => File.Exists(PathOf(setting))).Select(setting => $"{setting} {Read(setting)}\n");
        UnixFile.Write(lab.KernelSettings, string.Concat(lines), UnixFile.Readable);
    }

    /// <summary>Puts back those that have changed, and says so.</summary>
    public void PutBack()
    {
        if (!File.Exists(lab.KernelSettings))
            return;
        var kept = File.ReadAllLines(lab.KernelSettings).Select(line => line.Split(' ', 2)).Where(words => words.Length == 2);
        foreach (var (setting, before) in kept.Select(words => (words[0], words[1])).Where(each => Shared.Contains(each.Item1)))
        {
            var now = Read(setting);
            if (now == before)
                continue;
            File.WriteAllText(PathOf(setting), before);
            log.Info($"{setting.Replace('/', '.')} is {before} again: a node had set it to {now}, for all of this machine.");
        }

        File.Delete(lab.KernelSettings);
    }

    private string Read(string setting) => File.ReadAllText(PathOf(setting)).Trim();

    private string PathOf(string setting) => Path.Combine(settings, setting);
}
