using KubeLab.Ansible;
using KubeLab.Ssh;

namespace KubeLab.Diagnosis;

/// <summary>
/// Looks, from the machine that was to download it, at a file whose download failed and whose result <c>no_log</c> withholds. It
/// reads only, and says what get_url would have said.
/// </summary>
/// <param name="become">Becomes the user that the download ran as.</param>
public sealed class DownloadLookup(DownloadResolver resolver, INodeShell shell, NodeBecome become)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly string Program = Resource.Text("Diagnosis/look_at_download.py");

    /// <summary>Looks at the download that a failure was about.</summary>
    /// <returns>What was found; null where it is no withheld download, or the release doesn't tell what it loads.</returns>
    public async Task<DownloadFindings?> LookAsync(
        Failure failure, PlaybookFailure run, CancellationToken cancellationToken = default)
    {
        if (!failure.IsCensored || failure is not { IncludeItem: { } item, Nodes: [var host, ..] })
            return null;
        if (await resolver.ResolveAsync(host, item, run.Options, cancellationToken) is not { } file)
            return null;
        var machine = failure.DelegatedTo ?? host;
        if (Machine(machine, run.Inventory) is not { } node)
            return null;
        var result = await shell.RunAsync(node, Command(node, file), cancellationToken);
        var answer = result.Failure is null ? Read(result.Output) : null;
        return new(machine, item, file, answer, answer is null ? Problem(result) : null);
    }

    /// <summary>Reads what the machine answered; null where it is no answer.</summary>
    public static DownloadAnswer? Read(string output)
    {
        try
        {
            // A login's greeting may stand before it.
            return output.LastIndexOf("\n{", StringComparison.Ordinal) is var at && output.TrimStart().StartsWith('{') || at >= 0
                ? JsonSerializer.Deserialize<DownloadAnswer>(output[(at + 1)..], JsonSerializerOptions.Web) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private NodeCommand Command(Node node, DownloadedFile file)
    {
        var script = Script(node, file);
        var command = node.Name == Local ? NodeCommand.Script(script) : become.Script(node, script);
        return command with { Timeout = 2 * Limit + TimeSpan.FromSeconds(2), MaxOutput = 64 * 1024 };
    }

    /// <summary>What looks at a file: the Python that Ansible runs its modules with, and curl where that can't.</summary>
    public static string Script(Node node, DownloadedFile file)
    {
        var look = JsonSerializer.Serialize(new
        {
            url = file.Url,
            dest = file.Destination,
            algorithm = file.Algorithm,
            digest = file.Digest ?? "",
            validate = file.ValidatesCertificates,
            proxies = file.Proxies,
            seconds = Limit.TotalSeconds,
        });
        var own = ShellWords.Quote(node.Text("ansible_python_interpreter") ?? "python3");
        return $"""
            for python in {own} python3 /usr/libexec/platform-python python; do
                command -v "$python" > /dev/null 2>&1 && break
            done
            export KUBELAB_LOOK={ShellWords.Quote(look)}
            if command -v "$python" > /dev/null 2>&1 && "$python" - << 'END_OF_PROGRAM'
            {Program}
            END_OF_PROGRAM
            then
                exit 0
            fi
            {ByCurl(file)}
            """;
    }

    // A Python without TLS, or of another age, says nothing of the server. What curl says is as known as what urllib says.
    private static string ByCurl(DownloadedFile file)
    {
        var proxies = string.Concat(file.Proxies.Select(each => $"export {each.Key}={ShellWords.Quote(each.Value)}\n"));
        return $$$"""
            unset KUBELAB_LOOK
            {{{proxies}}}command -v curl > /dev/null 2>&1 || { echo 'it has no Python that can look, and no curl' >&2; exit 1; }
            said=$(curl --silent --show-error --location --head --max-time {{{Limit.TotalSeconds:0}}} \
                {{{(file.ValidatesCertificates ? "" : "--insecure ")}}}--user-agent ansible-httpget --output /dev/null \
                --write-out '{"status": %{http_code}}' {{{ShellWords.Quote(file.Url)}}} 2>&1)
            case "$said" in
                '{"status": 000}') exit 1 ;;
                '{"status": '*) printf '%s\n' "$said" ;;
                *) printf '{"error": "%s"}\n' "$(printf '%s' "${said%%\{*}" | tr -d '\\"' | tr '\n\t\r' '   ')" ;;
            esac
            """;
    }

    private const string Local = "localhost";

    private static Node? Machine(string name, Inventory inventory) =>
        inventory.Nodes.Concat(inventory.Others).FirstOrDefault(node => node.Name == name)
            ?? (name == Local ? new Node(Local, new HashSet<string>(), LocalConnection) : null);

    private static Dictionary<string, JsonElement> LocalConnection { get; } =
        new() { ["ansible_connection"] = JsonSerializer.SerializeToElement("local") };

    private static string Problem(NodeResult result) => result.Failure?.Message
        ?? (result.Error.Trim() is { Length: > 0 } said ? PlainText.Line(said.Split('\n')[^1]) : "it gave no answer");
}

/// <summary>What a machine says of a file that it was to download. What it could not find out is null.</summary>
/// <param name="Error">Why its server could not be asked, in the words of Python's urllib.</param>
/// <param name="Status">What the server answered.</param>
/// <param name="Type">The kind of content that the server says it gives.</param>
/// <param name="Length">How much the server says it gives, in bytes.</param>
/// <param name="Served">The checksum of what the server gives; null where the machine did not get all of it in time.</param>
/// <param name="Received">How much the machine got of it, in bytes.</param>
/// <param name="Digest">The checksum of what lies at the destination.</param>
/// <param name="Size">How large that is, in bytes.</param>
/// <param name="Folder">The folder of the destination, or the nearest above it that is there.</param>
/// <param name="Free">The room there, in bytes.</param>
/// <param name="Proxy">The proxy that is asked, with its port; null where there is none.</param>
/// <param name="Server">Who was connected with: the server or the proxy, with its port.</param>
/// <param name="Addresses">The addresses of its name.</param>
/// <param name="Opens">Whether its port opens.</param>
public sealed record DownloadAnswer(
    string? Error, int? Status, string? Reason, string? Type, long? Length, string? Served, long? Received, string? Digest,
    long? Size, string? Folder, long? Free, long? Inodes, bool? Writable, string? Proxy, string? Server,
    IReadOnlyList<string>? Addresses, bool Opens);

/// <summary>What was found out about a download that failed.</summary>
/// <param name="Machine">The machine that looked, which is the one that was to download.</param>
/// <param name="Item">The download's name in the release.</param>
/// <param name="Answer">What it found; null where it gave no answer.</param>
/// <param name="Problem">Why there is no answer; null where there is one.</param>
public sealed record DownloadFindings(string Machine, string Item, DownloadedFile File, DownloadAnswer? Answer, string? Problem)
{
    /// <summary>Whether the file lies at its destination by now, as it is wanted.</summary>
    public bool IsThere => File.Digest is { } wanted && Answer?.Digest == wanted;

    /// <summary>What get_url says in this case; null where nothing is wrong any more.</summary>
    public string? Said => Answer switch
    {
        null => null,
        _ when IsThere => null,
        { Error: { } error } => $"Request failed: {error}",
        { Status: >= 400 and var status } => $"Request failed\nHTTP Error {status}: {Answer.Reason}",
        { Writable: false } => $"Destination {Answer.Folder} is not writable",
        { Inodes: 0 } => NoSpace,
        { Free: { } free } when free < (Answer.Length ?? 1) => NoSpace,
        { Served: { } served } when File.Digest is { } wanted && served != wanted =>
            $"The checksum for {File.Destination} did not match {wanted}; it was {served}.",
        _ => null,
    };

    /// <summary>The failure as it would be without <c>no_log</c>; null where nothing is wrong any more.</summary>
    public Failure? Uncensored(Failure failure) => Said is not { } said ? null : failure with
    {
        IsCensored = false,
        Text = $"{said}\n{File.Url}",
        Arguments = new Dictionary<string, string> { ["url"] = File.Url, ["dest"] = File.Destination },
        Result = new Dictionary<string, string> { ["msg"] = said.Split('\n')[0], ["url"] = File.Url },
    };

    /// <summary>What was found, a fact a line.</summary>
    public string Evidence => string.Join('\n', Facts());

    private string NoSpace => $"[Errno 28] No space left on device: '{File.Destination}'";

    private IEnumerable<string> Facts()
    {
        yield return $"The task's result is withheld, so it was looked at from {Machine}:";
        yield return $"{Item}: {File.Url} to {File.Destination}";
        if (Answer is not { } answer)
        {
            yield return $"({Machine} could not look: {Problem})";
            yield break;
        }

        if (answer.Proxy is { } proxy)
            yield return $"through the proxy {proxy}";
        if (answer.Addresses is { Count: > 0 } addresses)
        {
            yield return $"{answer.Server} is {string.Join(", ", addresses.Take(4))}"
                + (answer.Opens ? ", and its port opens" : "");
        }

        if (answer.Error is { } error)
            yield return error;
        if (answer.Status is { } status)
            yield return $"it answers {status} {answer.Reason}".TrimEnd() + (answer.Type is { } type ? $", {type}" : "")
                + (answer.Length is { } length ? $", {length} bytes" : "");
        if (answer.Served is { } served)
            yield return $"what it gives has {File.Algorithm} {served}";
        if (File.Digest is { } wanted)
            yield return $"wanted is {File.Algorithm} {wanted}";
        yield return IsThere ? $"{File.Destination} has it"
            : answer.Size is { } size
                ? $"{File.Destination} has {size} bytes" + (answer.Digest is { } digest ? $" with {digest}" : "")
            : $"{File.Destination} is not there";
        if (answer.Free is { } free)
            yield return $"{answer.Folder} has {free / 1024 / 1024} MB free";
    }
}
