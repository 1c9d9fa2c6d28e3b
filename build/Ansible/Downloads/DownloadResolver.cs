namespace KubeLab.Ansible;

/// <summary>A file that a distribution has a node download.</summary>
/// <param name="Url">Where from, without a user and a password.</param>
/// <param name="Destination">Where to, on the machine that downloads it.</param>
/// <param name="Checksum">What it has to have, as <c>sha256:…</c>; null where any will do.</param>
/// <param name="ValidatesCertificates">Whether the server has to prove who it is.</param>
/// <param name="Proxies">The variables that name a proxy, by their names in the environment. They may hold a password.</param>
public sealed record DownloadedFile(
    string Url, string Destination, string? Checksum, bool ValidatesCertificates, IReadOnlyDictionary<string, string> Proxies)
{
    /// <summary>The checksum's algorithm, as Python's hashlib names it.</summary>
    public string Algorithm => Checksum?.Split(':')[0] ?? "sha256";

    /// <summary>The checksum without its algorithm; null where any will do.</summary>
    public string? Digest => Checksum?[(Checksum.IndexOf(':') + 1)..];
}

/// <summary>Resolves an entry of a release's <c>downloads</c> with Ansible, for the host that failed.</summary>
public sealed partial class DownloadResolver(CommandRunner commands, AnsibleEnvironment ansible)
{
    // The checksum is in sha256 up to v2.27, and in checksum since. A file that is loaded once for all lies in the cache.
    // no_proxy is put together by a task, of what the inventory has and of the hosts.
    private const string Tasks = """
        - ansible.builtin.debug:
            msg: "kubelab:{{ found | to_json | b64encode }}:kubelab"
          vars:
            download: "{{ downloads[kubelab_item] }}"
            once: "{{ (download_run_once | default(false) | bool) or (download_force_cache | default(false) | bool) }}"
            proxies: "{{ proxy_env | default({}) }}"
            found:
              url: "{{ (download.mirrors | default([download.url]) | first) | regex_replace('://[^/]*@', '://') }}"
              dest: "{{ (download_cache_dir + '/' + (download.dest | basename)) if (once | bool) else download.dest }}"
              checksum: "{{ download.checksum | default(download.sha256 | default('', true), true) }}"
              validate: "{{ download_validate_certs | default(true) | bool }}"
              http_proxy: "{{ proxies.http_proxy | default('') }}"
              https_proxy: "{{ proxies.https_proxy | default('') }}"
              no_proxy: >-
                {{ [proxies.no_proxy | default(''), no_proxy | default(''), additional_no_proxy | default('')]
                | select | unique | join(',') }}
              hosts: >-
                {{ (groups['all'] + (groups['all'] | map('extract', hostvars, 'ansible_host') | select('defined') | list))
                | join(',') }}

        """;

    /// <summary>Resolves a download.</summary>
    /// <param name="host">The host that it was for.</param>
    /// <param name="item">Its name among <c>downloads</c>: <c>kubelet</c>.</param>
    /// <param name="options">What the run was given, whose variables outrank the inventory's.</param>
    /// <returns>The file; null where the release has no such download, or where it needs what only its tasks know.</returns>
    public async Task<DownloadedFile?> ResolveAsync(
        string host, string item, PlaybookOptions options, CancellationToken cancellationToken = default)
    {
        if (!Name().IsMatch(item))
            return null;
        using var play = new DownloadPlay(ansible, Tasks);
        var result = await commands.RunAsync(
            play.Command([host], options, new { kubelab_item = item }), cancellationToken: cancellationToken);
        return Read(result.StandardOutput);
    }

    /// <summary>Reads what the task said; null where there is no URL in it.</summary>
    public static DownloadedFile? Read(string output)
    {
        if (Answer().Match(output) is not { Success: true } answer)
            return null;
        try
        {
            var found = JsonSerializer.Deserialize<JsonElement>(Convert.FromBase64String(answer.Groups["base64"].Value));
            string Text(string name) => found.GetProperty(name).ToString().Trim();
            string[] Set(params string[] names) => [.. names.Where(name => Text(name).Length > 0)];
            var proxies = Set("http_proxy", "https_proxy").ToDictionary(name => name, Text);
            if (proxies.Count > 0)
                proxies["no_proxy"] = string.Join(',', Set("no_proxy", "hosts").Select(Text));
            var checksum = Text("checksum");
            var wanted = checksum.Length == 0 ? null : checksum.Contains(':') ? checksum : $"sha256:{checksum}";
            return Text("url").Contains("://") && Text("dest").StartsWith('/')
                ? new(Text("url"), Text("dest"), wanted, Text("validate") != "False", proxies)
                : null;
        }
        catch (Exception exception) when (
            exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,100}$", RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex("kubelab:(?<base64>[A-Za-z0-9+/=]+):kubelab", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Answer();
}
