namespace KubeLab.Clusters;

/// <summary>Turns layers of written values into typed settings; the first layer that has a value wins.</summary>
public sealed class SettingsBinder(params IReadOnlyList<IReadOnlyDictionary<string, SettingValue>> layers)
{
    private const UnixFileMode OthersMayRead =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The settings, with the defaults where no layer says anything.</summary>
    /// <exception cref="UserError">A value is not of its setting's kind; the error names where it was written.</exception>
    public ClusterSettings Bind()
    {
        var settings = new ClusterSettings();
        foreach (var key in SettingsSchema.Keys)
        {
            if (layers.Select(layer => layer.GetValueOrDefault(key.Path))
                .FirstOrDefault(value => value is not null) is not { } value)
                continue;
            // The items of a list stand on lines.
            if (value.Text.Any(each => char.IsControl(each) && !(each == '\n' && key.IsList)))
                throw Wrong(key, value, "one line, and there is a line break or another control character in it");
            key.Set(settings, Read(key, value));
        }

        return settings;
    }

    /// <summary>Makes sure that the files and folders are there which the settings name, but for those that are still to be
    /// made.</summary>
    /// <param name="toCome">Keys whose files a later target makes.</param>
    /// <exception cref="UserError">One isn't; the error names where it was written.</exception>
    public void RequireFiles(IReadOnlyCollection<string> toCome)
    {
        var files = SettingsSchema.Keys.Where(key => key.Kind is SettingKind.File or SettingKind.Files);
        foreach (var key in files.Where(key => !toCome.Contains(key.Path)))
        {
            if (layers.Select(layer => layer.GetValueOrDefault(key.Path))
                .FirstOrDefault(value => value is not null) is not { } value)
                continue;
            var wanted = key.Kind == SettingKind.File ? [FullPath(value.Text, value)] : Items(value)
                .Select(file => FullPath(file, value));
            if (wanted.FirstOrDefault(file => !Path.Exists(file)) is { } missing)
                throw Wrong(key, value, $"what is there, and {missing} is not; relative paths count from {value.Directory}");
        }
    }

    private static object Read(SettingsKey key, SettingValue value) => key.Kind switch
    {
        SettingKind.Address => Address(key, value),
        SettingKind.File or SettingKind.NewFile => FullPath(value.Text, value),
        SettingKind.SecretFile or SettingKind.SecretFileOrProgram => SecretFile(key, value),
        SettingKind.Files => Items(value).Select(file => FullPath(file, value)).ToArray(),
        SettingKind.List => Items(value),
        SettingKind.Choice => key.Choices.Contains(value.Text)
            ? value.Text
            : throw Wrong(
                key, value,
                $"one of {string.Join(", ", key.Choices)}, not \"{value.Text}\".{NearestName.Hint(value.Text, key.Choices)}"),
        SettingKind.Duration => Durations.TryParse(value.Text, out var span)
            ? span
            : throw Wrong(key, value, $"a time span such as 90s, 2m or 1h30m, not \"{value.Text}\""),
        SettingKind.Number => int.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            ? number
            : throw Wrong(key, value, $"a whole number above 0, not \"{value.Text}\""),
        SettingKind.User => NodeNames.IsUser(value.Text)
            ? value.Text
            : throw Wrong(
                key, value, $"the name of a user, and '{value.Text}' begins with a dash or holds what a shell reads otherwise"),
        SettingKind.Text when value.Text.StartsWith('-') =>
            throw Wrong(key, value, $"no text that begins with a dash, which would be an option elsewhere, as '{value.Text}'"),
        _ => Text(key, value),
    };

    private static string Text(SettingsKey key, SettingValue value) =>
        value.Text.Length > 0 ? value.Text : throw Wrong(key, value, "text, and it is empty");

    // A password in an address would stand on command lines and in the record.
    private static string Address(SettingsKey key, SettingValue value) =>
        Uri.TryCreate(Text(key, value), UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? throw Wrong(
                key, value,
                "an address without a user or password in it; give those in ~/.netrc, or the whole address as PIP_INDEX_URL in the environment")
            : value.Text;

    private static string[] Items(SettingValue value) =>
        value.Text.Split(['\n', ',', '+'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string SecretFile(SettingsKey key, SettingValue value)
    {
        var file = FullPath(value.Text, value);
        if (!File.Exists(file))
            throw Wrong(key, value, $"a file, and {file} is none");
        if (OperatingSystem.IsWindows())
            return file;
        var mode = File.GetUnixFileMode(file);
        if ((mode & OthersMayRead) != 0
            && !(key.Kind == SettingKind.SecretFileOrProgram && (mode & UnixFileMode.UserExecute) != 0))
            throw Wrong(key, value, $"a file that you alone may read; make it so with: chmod 600 {ShellWords.Quote(file)}");
        return file;
    }

    private static string FullPath(string path, SettingValue value) =>
        Path.GetFullPath(ShownPath.WithHome(path), value.Directory);

    private static UserError Wrong(SettingsKey key, SettingValue value, string takes) =>
        new($"{value.Source}: {key.Path} takes {takes}{(takes.EndsWith('?') ? "" : ".")}", key.Description);
}

/// <summary>Time spans as settings write them: <c>90s</c>, <c>2m</c>, <c>1h30m</c>.</summary>
public static partial class Durations
{
    /// <summary>Reads a time span; false where the text is none, or zero.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = TimeSpan.Zero;
        if (Notation().Match(text) is not { Success: true } match)
            return false;
        span = TimeSpan.FromHours(Count(match.Groups["hours"])) + TimeSpan.FromMinutes(Count(match.Groups["minutes"]))
            + TimeSpan.FromSeconds(Count(match.Groups["seconds"]));
        return span > TimeSpan.Zero;
    }

    /// <summary>Reads a time span.</summary>
    /// <param name="source">Where it was written: <c>--wait</c>.</param>
    /// <exception cref="UserError">The text is no time span, or zero.</exception>
    public static TimeSpan Parse(string text, string source) => TryParse(text, out var span)
        ? span
        : throw new UserError($"{source} takes a time span such as 90s, 2m or 1h30m, not \"{text}\".");

    private static int Count(Group group) =>
        group.Success ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"\A(?=.)((?<hours>[0-9]{1,5})h)?((?<minutes>[0-9]{1,5})m)?((?<seconds>[0-9]{1,6})s)?\z",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Notation();
}
