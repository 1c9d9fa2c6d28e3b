using KubeLab.Ssh;

namespace KubeLab.Bundles;

/// <summary>
/// Leads apt on nodes to a bundle's packages, and back. No variable of Kubespray's does that: <c>debian_repo</c> and
/// <c>ubuntu_repo</c> are for the packages of Docker and containerd alone. What a node had lies beside until it is put back.
/// </summary>
/// <param name="etc">The folder of apt's configuration on the nodes.</param>
public sealed class NodePackageSources(
    INodeShell shell, NodeBecome become, ConsoleLog log, string bundle, string etc = "/etc/apt")
{
    private const string List = "kubelab-bundle.list";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // Which nodes were led elsewhere, for whoever ends it.
    private string Record => Path.Combine(bundle, ".serve", "redirected.json");

    private string Aside => $"{etc}/kubelab-aside";

    /// <summary>Whether nodes are led elsewhere.</summary>
    public bool AreRedirected => File.Exists(Record);

    /// <summary>Forgets nodes that are no more.</summary>
    public void Forget()
    {
        if (AreRedirected)
            File.Delete(Record);
    }

    /// <summary>Leads nodes to a repository.</summary>
    /// <param name="repository">Its address: <c>http://192.0.2.1:8080/packages/debian-12</c>.</param>
    /// <exception cref="UserError">A node could not be led there; all are put back.</exception>
    public async Task RedirectAsync(IReadOnlyList<Node> nodes, string repository, CancellationToken cancellationToken) =>
        await RedirectAsync(nodes, repository, mayBeSilent: false, cancellationToken);

    /// <summary>Leads those nodes to a repository that can be reached: whether all have to be is for others to judge.</summary>
    /// <exception cref="UserError">A node that answers could not be led there; all are put back.</exception>
    public async Task RedirectReachableAsync(IReadOnlyList<Node> nodes, string repository, CancellationToken cancellationToken) =>
        await RedirectAsync(nodes, repository, mayBeSilent: true, cancellationToken);

    private async Task RedirectAsync(
        IReadOnlyList<Node> nodes, string repository, bool mayBeSilent, CancellationToken cancellationToken)
    {
        Machine.Aside.Write(Record, RecordJson.Write(nodes.Select(node => node.Name).ToList()));
        var line = ShellWords.Quote($"deb [trusted=yes] {repository} ./");
        var failed = await OnAllAsync(nodes, mayBeSilent, $$"""
            set -eu
            etc={{ShellWords.Quote(etc)}} aside={{ShellWords.Quote(Aside)}}
            mkdir -p "$aside/sources.list.d" "$etc/sources.list.d"
            [ ! -e "$etc/sources.list" ] || mv "$etc/sources.list" "$aside/"
            for file in "$etc"/sources.list.d/*.list "$etc"/sources.list.d/*.sources; do
              [ ! -e "$file" ] || [ "${file##*/}" = {{List}} ] || mv "$file" "$aside/sources.list.d/"
            done
            printf '%s\n' {{line}} > "$etc/sources.list.d/{{List}}"
            apt-get -o Dir::Etc="$etc" -o DPkg::Lock::Timeout=60 --quiet update > /dev/null

            """, cancellationToken);
        if (failed.Count > 0)
        {
            var left = await RestoreAsync(nodes, CancellationToken.None);
            throw new UserError(
                $"apt can't be led to {repository} on {string.Join(", ", failed.Keys)}: {failed.Values.First()}",
                left.Count == 0 ? "The nodes have their own sources again. See that they reach this machine."
                    : $"Not put back, as they gave no answer: {string.Join(", ", left.Keys)}. Run ServeBundle --stop once they do.");
        }

        log.Warning(
            $"apt on {string.Join(", ", nodes.Select(node => node.Name))} asks {repository} alone, until ServeBundle ends: its own sources lie in {Aside}.");
    }

    /// <summary>Puts back what the nodes had, as far as they were led elsewhere.</summary>
    /// <exception cref="UserError">A node could not be reached; it is still led elsewhere.</exception>
    public async Task PutBackAsync(IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        var names = RecordJson.Recall<List<string>>(Record) ?? [];
        var failed = await RestoreAsync([.. nodes.Where(node => names.Contains(node.Name))], cancellationToken);
        if (failed.Count > 0)
            throw new UserError(
                $"{string.Join(", ", failed.Keys)} still asks the bundle for packages: {failed.Values.First()}",
                $"Run ServeBundle --stop once it can be reached, or move what lies in {Aside} back to {etc} there.");
        log.Done($"apt on {string.Join(", ", names)} asks its own sources again.");
    }

    // The lists of the nodes' own sources went with the redirection; where those can't be reached, they couldn't before.
    private async Task<IReadOnlyDictionary<string, string>> RestoreAsync(
        IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        var failed = await OnAllAsync(nodes, mayBeSilent: false, $$"""
            set -eu
            etc={{ShellWords.Quote(etc)}} aside={{ShellWords.Quote(Aside)}}
            [ -d "$aside" ] || exit 0
            rm -f "$etc/sources.list.d/{{List}}"
            for file in "$aside"/sources.list.d/*; do
              [ ! -e "$file" ] || mv "$file" "$etc/sources.list.d/"
            done
            [ ! -e "$aside/sources.list" ] || mv "$aside/sources.list" "$etc/"
            rmdir "$aside/sources.list.d" "$aside"
            timeout 60 apt-get -o Dir::Etc="$etc" -o DPkg::Lock::Timeout=30 --quiet update > /dev/null 2>&1 || :

            """, cancellationToken);
        if (failed.Count == 0)
            File.Delete(Record);
        return failed;
    }

    private async Task<IReadOnlyDictionary<string, string>> OnAllAsync(
        IReadOnlyList<Node> nodes, bool mayBeSilent, string script, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(nodes.Select(async node =>
        {
            var command = become.Script(node, script) with { Timeout = Limit };
            return (node.Name, Result: await shell.RunAsync(node, command, cancellationToken));
        }));
        return results.Where(each => !each.Result.Succeeded && !(mayBeSilent && each.Result.Failure is not null)).ToDictionary(
            each => each.Name, each => each.Result.Failure?.Message ?? PlainText.Line(each.Result.Error.Trim().Split('\n')[^1]));
    }
}
