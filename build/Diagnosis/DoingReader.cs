namespace KubeLab.Diagnosis;

/// <summary>
/// Tells what a task was doing: from its command line first, then its module, then what only one module says, and last from its
/// name. A module that only runs a command says nothing by itself.
/// </summary>
internal static partial class DoingReader
{
    private static readonly Dictionary<string, Doing[]> ByModule = new(StringComparer.Ordinal)
    {
        ["apt"] = [Doing.Packages, Doing.Apt],
        ["apt_key"] = [Doing.Packages, Doing.Apt, Doing.Download],
        ["apt_repository"] = [Doing.Packages, Doing.Apt],
        ["assert"] = [Doing.Assert, Doing.Evaluate],
        ["copy"] = [Doing.File],
        ["deb822_repository"] = [Doing.Packages, Doing.Apt],
        ["debug"] = [Doing.Evaluate],
        ["dnf"] = [Doing.Packages, Doing.Dnf],
        ["dnf5"] = [Doing.Packages, Doing.Dnf],
        ["dpkg_selections"] = [Doing.Packages, Doing.Apt],
        ["fail"] = [Doing.Assert],
        ["fetch"] = [Doing.File],
        ["file"] = [Doing.File],
        ["gather_facts"] = [Doing.Facts],
        ["get_url"] = [Doing.Download],
        ["helm"] = [Doing.Helm, Doing.Kubectl],
        ["include_role"] = [Doing.Evaluate],
        ["include_tasks"] = [Doing.Evaluate],
        ["k8s"] = [Doing.Kubectl],
        ["k8s_info"] = [Doing.Kubectl],
        ["kube"] = [Doing.Kubectl],
        ["lineinfile"] = [Doing.File],
        ["blockinfile"] = [Doing.File],
        ["modprobe"] = [Doing.KernelModule],
        ["mount"] = [Doing.Mount],
        ["package"] = [Doing.Packages],
        ["reboot"] = [Doing.Reboot],
        ["replace"] = [Doing.File],
        ["rpm_key"] = [Doing.Packages, Doing.Dnf, Doing.Download],
        ["service"] = [Doing.Service],
        ["set_fact"] = [Doing.Evaluate],
        ["setup"] = [Doing.Facts],
        ["slurp"] = [Doing.File],
        ["stat"] = [Doing.File],
        ["synchronize"] = [Doing.Rsync],
        ["sysctl"] = [Doing.KernelSetting],
        ["systemd"] = [Doing.Service],
        ["systemd_service"] = [Doing.Service],
        ["template"] = [Doing.File],
        ["unarchive"] = [Doing.File],
        ["uri"] = [Doing.AskUrl],
        ["yum"] = [Doing.Packages, Doing.Dnf],
        ["yum_repository"] = [Doing.Packages, Doing.Dnf],
        ["zypper"] = [Doing.Packages],
    };

    private static readonly (Regex Words, Doing[] Kinds)[] ByWords =
    [
        (NotEvaluated(), [Doing.Evaluate]),
        (NotConnected(), [Doing.Connect]),
        (ServiceModule(), [Doing.Service]),
        (WaitForText(), [Doing.WaitText]),
        (WaitForFile(), [Doing.WaitFile]),
        (WaitForPort(), [Doing.WaitPort]),
        (KubeModule(), [Doing.Kubectl]),
        (UriModule(), [Doing.AskUrl]),
        (GetUrlModule(), [Doing.Download]),
        (AptModule(), [Doing.Packages, Doing.Apt]),
        (DnfModule(), [Doing.Packages, Doing.Dnf]),
        (SysctlModule(), [Doing.KernelSetting]),
        (KubeadmPhase(), [Doing.Kubeadm]),
    ];

    private static readonly (Regex Task, Doing[] Kinds)[] ByName =
    [
        (DownloadOfFile(), [Doing.Download]),
        (DownloadOfImage(), [Doing.ImagePull]),
        (InstallsPackages(), [Doing.Packages]),
        (GathersFacts(), [Doing.Facts]),
        (Joins(), [Doing.Kubeadm, Doing.KubeadmJoin]),
        (Initialises(), [Doing.Kubeadm, Doing.KubeadmInit]),
        (Upgrades(), [Doing.Kubeadm, Doing.KubeadmUpgrade]),
        (ChecksEtcd(), [Doing.Etcdctl]),
        (WaitsForPods(), [Doing.WaitCluster]),
        (Starts(), [Doing.Service]),
    ];

    /// <summary>What a failure's task was doing; nothing where nobody can tell.</summary>
    /// <param name="said">What was said, bounded.</param>
    public static IReadOnlySet<Doing> Of(Failure failure, string said)
    {
        if (failure.Status == "unreachable")
            return new HashSet<Doing> { Doing.Connect };
        // A line of a node's own logs is no task.
        if (failure.Status == FailureSignature.NodeLogs)
            return new HashSet<Doing>();
        var doing = new HashSet<Doing>();
        foreach (var words in Commands(failure, said))
            doing.UnionWith(OfCommand(words));
        if (failure.Result.ContainsKey("assertion"))
            doing.UnionWith([Doing.Assert, Doing.Evaluate]);
        if (doing.Count == 0 && Module(failure) is { } module)
            doing.UnionWith(module == "wait_for" ? OfWait(failure.Arguments) : ByModule.GetValueOrDefault(module, []));
        foreach (var (words, kinds) in ByWords)
        {
            if (words.IsMatch(said))
                doing.UnionWith(kinds);
        }

        if (doing.Count == 0)
            doing.UnionWith(ByName.FirstOrDefault(each => each.Task.IsMatch(failure.Task ?? "")).Kinds ?? []);
        return doing;
    }

    /// <summary>The module's name without its collection; null for those that only run a command.</summary>
    public static string? Module(Failure failure) =>
        failure.Action?[(failure.Action.LastIndexOf('.') + 1)..] is { } name
            && name is not ("command" or "shell" or "raw" or "script")
            ? name : null;

    /// <summary>The programs that a task's command line runs, each with its arguments; not wrappers, such as timeout.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Commands(Failure failure, string said)
    {
        var line = KubeModule().Match(said) is { Success: true } kube ? kube.Groups["command"].Value
            : failure.Result.GetValueOrDefault("cmd") ?? failure.Arguments.GetValueOrDefault("_raw_params")
                ?? failure.Arguments.GetValueOrDefault("cmd");
        if (string.IsNullOrWhiteSpace(line))
            return [];
        IReadOnlyList<string> words = line.TrimStart().StartsWith('[')
            ? [.. ListItem().Matches(line).Select(item => item.Groups["word"].Value)]
            : [.. Between().Replace(line, " ; ").Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)];
        var programs = new List<IReadOnlyList<string>>();
        var rest = words;
        while (rest.Count > 0)
        {
            var program = Unwrapped([.. rest.TakeWhile(word => word != ";")]);
            if (program.Count > 0)
                programs.Add(program);
            rest = [.. rest.SkipWhile(word => word != ";").Skip(1)];
        }

        return programs;
    }

    /// <summary>A program's name without its folder and the ending of Kubespray's wrapper scripts.</summary>
    public static string Name(string program)
    {
        var name = program[(program.LastIndexOf('/') + 1)..];
        return name.EndsWith(".sh", StringComparison.Ordinal) ? name[..^3] : name;
    }

    private static IReadOnlyList<string> Unwrapped(IReadOnlyList<string> words)
    {
        while (words.Count > 0)
        {
            var skipped = Name(words[0]) switch
            {
                "timeout" or "sudo" or "env" or "nice" or "nohup" =>
                    1 + words.Skip(1)
                .TakeWhile(word => word.StartsWith('-') || word.Contains('=') || Span().IsMatch(word)).Count(),
                "set" => words.Count,
                var name when name.Contains('=') => 1,
                _ => 0,
            };
            if (skipped == 0)
                break;
            words = [.. words.Skip(skipped)];
        }

        return words;
    }

    private static Doing[] OfCommand(IReadOnlyList<string> words)
    {
        var verbs = words.Skip(1).ToHashSet();
        return Name(words[0]) switch
        {
            "kubeadm" => [Doing.Kubeadm, .. OfKubeadm(verbs)],
            "etcdctl" or "etcdutl" => [Doing.Etcdctl],
            "kubectl" when verbs.Contains("wait") || verbs.Contains("rollout") || IsReadiness(words) =>
                [Doing.Kubectl, Doing.WaitCluster],
            "cilium" when verbs.Contains("--wait") => [Doing.Kubectl, Doing.WaitCluster],
            "kubectl" or "calicoctl" or "cilium" => [Doing.Kubectl],
            "helm" => [Doing.Helm, Doing.Kubectl],
            "nerdctl" or "crictl" or "ctr" or "docker" or "podman" or "skopeo" =>
                verbs.Contains("pull") || verbs.Contains("manifest") || verbs.Contains("login") ? [Doing.ImagePull]
                : verbs.Overlaps(["load", "save", "import", "export", "tag", "image", "images"]) ? [Doing.Image] : [],
            "curl" or "wget" => [Doing.Download],
            "apt-get" or "apt" or "dpkg" or "apt-cache" or "apt-mark" => [Doing.Packages, Doing.Apt],
            "dnf" or "yum" or "rpm" or "microdnf" => [Doing.Packages, Doing.Dnf],
            "zypper" => [Doing.Packages],
            "systemctl" or "service" => [Doing.Service],
            "rsync" => [Doing.Rsync],
            "modprobe" => [Doing.KernelModule],
            "sysctl" => [Doing.KernelSetting],
            "mount" or "umount" => [Doing.Mount],
            _ => [],
        };
    }

    private static Doing[] OfKubeadm(HashSet<string> verbs) =>
        verbs.Contains("join") ? [Doing.KubeadmJoin]
        : verbs.Contains("upgrade") ? [Doing.KubeadmUpgrade]
        : verbs.Contains("init") && !verbs.Contains("phase") ? [Doing.KubeadmInit]
        : verbs.Contains("images") ? [Doing.ImagePull] : [];

    private static bool IsReadiness(IReadOnlyList<string> words) =>
        words.Any(word =>
            word.Contains("ready", StringComparison.OrdinalIgnoreCase) && word.Contains("status", StringComparison.Ordinal));

    private static Doing[] OfWait(IReadOnlyDictionary<string, string> arguments) =>
        arguments.ContainsKey("search_regex") ? [Doing.WaitText]
        : arguments.ContainsKey("path") ? [Doing.WaitFile]
        : arguments.ContainsKey("port") ? [Doing.WaitPort] : [];

    [GeneratedRegex(@"'(?<word>[^']*)'|""(?<word>[^""]*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ListItem();

    [GeneratedRegex(@"&&|\|\||[|;\n]", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Between();

    [GeneratedRegex(@"^\d+(\.\d+)?[smhd]?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Span();

    [GeneratedRegex(@"^(Task failed: )?(The conditional check '|The task includes an option with an undefined variable|Error while evaluating conditional|An unhandled exception occurred while (templating|running the lookup plugin)|AnsibleUndefinedVariable|Syntax error in (expression|template)|Finalization of task args|template error while templating)|AnsibleUndefinedVariable: |Conditional is marked as unsafe|Conditional expressions must be|Conditional result",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex NotEvaluated();

    [GeneratedRegex(@"Failed to connect to the host via \w+:|Data could not be sent to remote host|to use the 'ssh' connection type with passwords",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex NotConnected();

    [GeneratedRegex(@"Unable to ((re)?start|stop|enable|disable|mask|unmask|reload) service |Could not find the requested service|failure \d+ during daemon-reload",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ServiceModule();

    // ansible-core, lib/ansible/modules/wait_for.py
    [GeneratedRegex(@"Timeout when waiting for search string ", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex WaitForText();

    [GeneratedRegex(@"Timeout when waiting for file |Timeout when waiting for /",
        RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex WaitForFile();

    [GeneratedRegex(@"Timeout when waiting for [\w.\[\]:-]+:\d+( to stop)?|Timeout when waiting for \S+ to (drain|stop)",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex WaitForPort();

    // Kubespray, plugins/modules/kube.py
    [GeneratedRegex(@"error running kubectl \((?<command>[^)]*)\) command",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KubeModule();

    [GeneratedRegex(@"Status code was -?\d+ and not ", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex UriModule();

    [GeneratedRegex(@"Destination \S+ not writable|The checksum for \S+ did not match|^Request failed|^failed to create temporary content file",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex GetUrlModule();

    [GeneratedRegex(@"Failed to update apt cache|'?/usr/bin/apt-get |No package matching '|Could not import python modules: apt",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex AptModule();

    [GeneratedRegex(@"Depsolve Error|Failed to download (metadata|packages)|Failed to install some of the specified packages|No package \S+ available|Failure talking to yum|repomd\.xml",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex DnfModule();

    [GeneratedRegex(@"Failed to reload sysctl|^setting [\w.-]+ failed", RegexOptions.None, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex SysctlModule();

    [GeneratedRegex(@"download_file \| Download item|Download_file \| Download item|get_url",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex DownloadOfFile();

    [GeneratedRegex(@"Download image if required|\bpull\b.*image|pre-?pull",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex DownloadOfImage();

    [GeneratedRegex(@"install packages|packages (are|is) installed|manage packages|package management cache|update .*(apt|yum|dnf).* cache|package list",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex InstallsPackages();

    [GeneratedRegex(@"gather\w* (\w+ )*facts",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex GathersFacts();

    [GeneratedRegex(@": join(ing)? (control plane )?(node )?to (the )?cluster|: joining control plane",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Joins();

    [GeneratedRegex(@"initialize first (master|control plane)|kubeadm init",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Initialises();

    [GeneratedRegex(@"kubeadm.*upgrade (first|other|control)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Upgrades();

    [GeneratedRegex(@"etcd : .*(etcd.* healthy|etcd members?)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex ChecksEtcd();

    [GeneratedRegex(@"wait for .*(pods?|nodes?|rollout|cilium|calico)\b.*",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex WaitsForPods();

    // kubeadm's own words, whoever passes them on (cmd/kubeadm/app/cmd/phases/workflow/runner.go).
    [GeneratedRegex(@"^error execution phase ", RegexOptions.Multiline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KubeadmPhase();

    [GeneratedRegex(@"\b(re)?start(ed)?\b|is running|ensure .* is enabled",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Starts();
}
