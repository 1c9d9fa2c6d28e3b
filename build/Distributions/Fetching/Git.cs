namespace KubeLab.Distributions;

/// <summary>Commands of git that never ask for a password on the terminal.</summary>
internal static class Git
{
    /// <summary>A command in a folder.</summary>
    public static CommandLine In(string directory, params IReadOnlyList<string> arguments) => new("git", arguments)
    {
        WorkingDirectory = directory,
        Environment = new Dictionary<string, string?>() { ["GIT_TERMINAL_PROMPT"] = "0" },
    };

    /// <summary>An address as it may be shown: without a user and password.</summary>
    public static string Shown(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? url.Replace($"{uri.UserInfo}@", "")
            : url;
}
