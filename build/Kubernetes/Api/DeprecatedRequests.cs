namespace KubeLab.Kubernetes;

/// <summary>What an API server says of deprecated versions that somebody has asked it for since it was started.</summary>
/// <param name="Server">The node that it runs on.</param>
/// <param name="Since">Since when it has been counting; null where it doesn't say.</param>
public sealed partial record DeprecatedRequests(string Server, DateTimeOffset? Since, IReadOnlyList<DeprecatedApi> Apis)
{
    /// <summary>Reads its <c>/metrics</c>; null where they are cut off or no metrics of an API server.</summary>
    public static DeprecatedRequests? Read(string server, string metrics)
    {
        // Every API server counts requests, also before the first deprecated one.
        if (!metrics.EndsWith('\n') || !metrics.Contains("\napiserver_request_total"))
            return null;
        var apis = new List<DeprecatedApi>();
        DateTimeOffset? since = null;
        foreach (var line in metrics.Split('\n'))
        {
            if (Requested().Match(line) is { Success: true } requested && requested.Groups["value"].Value != "0")
            {
                var labels = Label().Matches(requested.Groups["labels"].Value)
                    .ToLookup(label => label.Groups["name"].Value, label => label.Groups["value"].Value);
                string Of(string name) => labels[name].FirstOrDefault() ?? "";
                apis.Add(new DeprecatedApi(
                    Of("group").Length > 0 ? $"{Of("group")}/{Of("version")}" : Of("version"),
                    Of("subresource").Length > 0 ? $"{Of("resource")}/{Of("subresource")}" : Of("resource"),
                    Version.TryParse(Of("removed_release"), out var removed) ? removed : null));
            }
            else if (Started().Match(line) is { Success: true } started
                && double.TryParse(
                    started.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                && seconds is > 0 and < 1e11)
            {
                since = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
            }
        }

        return new DeprecatedRequests(server, since, apis);
    }

    [GeneratedRegex(@"^apiserver_requested_deprecated_apis\{(?<labels>[^}]*)\} (?<value>[0-9.e+]+)$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Requested();

    [GeneratedRegex("(?<name>[a-z_]+)=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Label();

    [GeneratedRegex("^process_start_time_seconds (?<value>[0-9.e+]+)$",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Started();
}

/// <summary>A deprecated version of the API.</summary>
/// <param name="Version">Its group and version: <c>policy/v1beta1</c>.</param>
/// <param name="Removed">The Kubernetes that no longer has it; null where that isn't decided.</param>
public sealed record DeprecatedApi(string Version, string Resource, Version? Removed);
