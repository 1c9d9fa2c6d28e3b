using System.Globalization;

namespace KubeLab.Clusters;

/// <summary>Turns layers of written values into typed settings; the first layer that has a value wins.</summary>
/// <param name="layers">The layers, the strongest first.</param>
public sealed class SettingsBinder(params IReadOnlyList<IReadOnlyDictionary<string, SettingValue>> layers)
{
    private const UnixFileMode OthersMayRead =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The settings, with the defaults where no layer says anything.</summary>
    /// <exception cref="UserError">A value is not of its setting's kind; the error names where it was written.</exception>
    public ClusterSettings Bind()
    {
        var defaults = new ClusterSettings();
        return new ClusterSettings
        {
            Distribution = Choice("distribution") ?? defaults.Distribution,
            Kubespray = new KubespraySettings
            {
                Version = Text("kubespray.version") ?? defaults.Kubespray.Version,
                Path = File("kubespray.path"),
                Url = Text("kubespray.url") ?? defaults.Kubespray.Url,
            },
            Ansible = new AnsibleSettings
            {
                Version = Text("ansible.version"),
                Wheels = File("ansible.wheels"),
                Index = WithoutPassword("ansible.index"),
                VaultPasswordFile = SecretFile("ansible.vault_password_file", mayBeProgram: true),
            },
            Ssh = new SshSettings
            {
                User = Text("ssh.user"),
                PrivateKey = File("ssh.private_key"),
                KnownHosts = File("ssh.known_hosts"),
                HostKeyChecking = Choice("ssh.host_key_checking") ?? defaults.Ssh.HostKeyChecking,
                ConnectTimeout = Duration("ssh.connect_timeout") ?? defaults.Ssh.ConnectTimeout,
                KexAlgorithms = Text("ssh.kex_algorithms"),
                Client = Choice("ssh.client") ?? defaults.Ssh.Client,
            },
            Become = new BecomeSettings
            {
                User = Text("become.user") ?? defaults.Become.User,
                PasswordFile = SecretFile("become.password_file"),
            },
            Preflight = new PreflightSettings { Skip = List("preflight.skip"), Concurrency = Number("preflight.concurrency") },
            Smoke = new SmokeSettings
            {
                Image = Text("smoke.image"),
                Mirror = Text("smoke.mirror"),
                Timeout = Duration("smoke.timeout") ?? defaults.Smoke.Timeout,
                AllowedTaints = List("smoke.allowed_taints"),
                ExternalName = Text("smoke.external_name"),
                CertificateReserve = Duration("smoke.certificate_reserve") ?? defaults.Smoke.CertificateReserve,
                Skip = List("smoke.skip"),
            },
        };
    }

    /// <summary>A path that a setting names, absolute; null where no layer names one.</summary>
    public string? File(string path) =>
        Find(path) is { } value ? Path.GetFullPath(ShownPath.WithHome(value.Text), value.Directory) : null;

    /// <summary>The paths that a list names, absolute; none where no layer has the list.</summary>
    public IReadOnlyList<string> Files(string path) => Find(path) is not { } value ? []
        : [.. List(path).Select(file => Path.GetFullPath(ShownPath.WithHome(file), value.Directory))];

    private SettingValue? Find(string path) =>
        layers.Select(layer => layer.GetValueOrDefault(path)).FirstOrDefault(value => value is not null);

    private string? Text(string path)
    {
        var value = Find(path);
        return value is { Text: "" } ? throw Wrong(value, path, "text, and it is empty") : value?.Text;
    }

    // A password in an address would stand on command lines and in the record.
    private string? WithoutPassword(string path) =>
        Text(path) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? throw Wrong(Find(path)!, path, "an address without a user or password in it; give those in ~/.netrc, or the whole address as PIP_INDEX_URL in the environment")
            : Text(path);

    private string? Choice(string path)
    {
        if (Find(path) is not { } value)
            return null;
        var choices = SettingsSchema.Find(path)!.Choices;
        return choices.Contains(value.Text)
            ? value.Text
            : throw Wrong(value, path, $"one of {string.Join(", ", choices)}, not \"{value.Text}\".{NearestName.Hint(value.Text, choices)}");
    }

    private TimeSpan? Duration(string path) => Find(path) is not { } value ? null
        : Durations.TryParse(value.Text, out var span) ? span
        : throw Wrong(value, path, $"a time span such as 90s, 2m or 1h30m, not \"{value.Text}\"");

    private int? Number(string path) => Find(path) is not { } value ? null
        : int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw Wrong(value, path, $"a whole number above 0, not \"{value.Text}\"");

    private IReadOnlyList<string> List(string path) =>
        Find(path)?.Text.Split(['\n', ',', '+'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private string? SecretFile(string path, bool mayBeProgram = false)
    {
        if (File(path) is not { } file)
            return null;
        if (!System.IO.File.Exists(file))
            throw Wrong(Find(path)!, path, $"a file, and {file} is none");
        if (OperatingSystem.IsWindows() || (mayBeProgram && (System.IO.File.GetUnixFileMode(file) & UnixFileMode.UserExecute) != 0))
            return file;
        if ((System.IO.File.GetUnixFileMode(file) & OthersMayRead) != 0)
            throw Wrong(Find(path)!, path, $"a file that you alone may read; make it so with: chmod 600 {ShellWords.Quote(file)}");
        return file;
    }

    private static UserError Wrong(SettingValue value, string path, string takes) =>
        new($"{value.Source}: {path} takes {takes}{(takes.EndsWith('?') ? "" : ".")}", SettingsSchema.Find(path)?.Description);
}
