namespace KubeLab.Clusters;

/// <summary>What a setting's value is.</summary>
public enum SettingsKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A file or folder; relative paths count from the file that names them, <c>~</c> is the home folder.</summary>
    File,

    /// <summary>A whole number above zero.</summary>
    Number,

    /// <summary>A time span: <c>90s</c>, <c>2m</c>, <c>1h</c>.</summary>
    Duration,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A list of words.</summary>
    List,
}
