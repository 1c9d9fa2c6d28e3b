using System.Reflection;

namespace KubeLab.Clusters;

/// <summary>Every key of <c>kubelab.yml</c>, as <see cref="ClusterSettings" /> declares it.</summary>
public static class SettingsSchema
{
    /// <summary>The keys, in the order in which they are declared.</summary>
    public static IReadOnlyList<SettingsKey> Keys { get; } = [
        .. typeof(ClusterSettings).GetProperties().SelectMany(property => property.IsDefined(typeof(SettingAttribute))
            ? [new SettingsKey(null, property)]
            : property.PropertyType.GetProperties().Select(each => new SettingsKey(property, each))),
    ];

    /// <summary>The key of a path, or null where there is none.</summary>
    public static SettingsKey? Find(string path) => Keys.FirstOrDefault(key => key.Path == path);

    /// <summary>Whether a word is a section that holds keys.</summary>
    public static bool IsSection(string word) => Keys.Any(key => key.Path.StartsWith($"{word}.", StringComparison.Ordinal));
}

/// <summary>Declares a property of the settings to be one that can be set.</summary>
/// <param name="path">Section and key: <c>ssh.user</c>; a key at the top has no dot.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(
    string path, string description, SettingKind kind = SettingKind.Text, params string[] choices) : Attribute
{
    public string Path { get; } = path;

    public string Description { get; } = description;

    public SettingKind Kind { get; } = kind;

    public IReadOnlyList<string> Choices { get; } = choices;

    /// <summary>The build's parameter that stands for it; null for a setting of the file alone.</summary>
    public string? Parameter { get; init; }
}

/// <summary>One key that <c>kubelab.yml</c> may hold.</summary>
/// <param name="section">The property of the settings that holds it; null for a key at the top.</param>
public sealed class SettingsKey(PropertyInfo? section, PropertyInfo property)
{
    private readonly SettingAttribute declared = property.GetCustomAttribute<SettingAttribute>()!;

    public string Path => declared.Path;
    public string Description => declared.Description;
    public SettingKind Kind => declared.Kind;
    public IReadOnlyList<string> Choices => declared.Choices;
    public string? Parameter => declared.Parameter;

    /// <summary>Whether it takes a list of values.</summary>
    public bool IsList => Kind is SettingKind.List or SettingKind.Files;

    /// <summary>Sets it in settings that nobody has seen yet.</summary>
    public void Set(ClusterSettings settings, object value) =>
        property.SetValue(section is null ? settings : section.GetValue(settings), value);
}

/// <summary>What a setting's value is.</summary>
public enum SettingKind
{
    /// <summary>Any text that is no option.</summary>
    Text,

    /// <summary>The name of a user.</summary>
    User,

    /// <summary>A list as ssh_config(5) has it, which may begin with a dash.</summary>
    Algorithms,

    /// <summary>An address, which holds no password.</summary>
    Address,

    /// <summary>A file or folder; relative paths count from the file that names them, <c>~</c> is the home folder.</summary>
    File,

    /// <summary>A path to what may be there only later.</summary>
    NewFile,

    /// <summary>A file that nobody else may read.</summary>
    SecretFile,

    /// <summary>A file that nobody else may read, or a program.</summary>
    SecretFileOrProgram,

    /// <summary>A list of files or folders.</summary>
    Files,

    /// <summary>A whole number above zero.</summary>
    Number,

    /// <summary>A time span: <c>90s</c>, <c>2m</c>, <c>1h</c>.</summary>
    Duration,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A list of words.</summary>
    List,
}
