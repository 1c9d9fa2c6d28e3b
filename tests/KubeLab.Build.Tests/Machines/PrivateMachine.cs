namespace KubeLab.Tests.Machines;

/// <summary>
/// Runs a program that takes this machine for a node: in a mount namespace with a /tmp and an /etc of its own, so that neither
/// the lock that a run takes on a node nor the kubeconfig that it finds there is this machine's.
/// </summary>
internal static class PrivateMachine
{
    // The two folders stay where they are, on top of the new /tmp, even where they, or the checkout itself, lie in /tmp; then /etc
    // is a copy, with the kubeconfig of a control plane node in it.
    private const string Script = """
        set -e
        mount -t tmpfs tmpfs /mnt
        for folder in "$1" "$2"; do
          case $folder in
            /tmp/*)
              mkdir -p "/mnt/${folder#/tmp/}"
              mount --bind "$folder" "/mnt/${folder#/tmp/}"
              ;;
          esac
        done
        mount --move /mnt /tmp
        mkdir /tmp/etc
        cp -a /etc/. /tmp/etc/ 2>/dev/null || true
        mount --bind /tmp/etc /etc
        mkdir -p /etc/kubernetes
        cp "$1/admin.conf" /etc/kubernetes/admin.conf
        shift 2
        exec "$@"
        """;

    private const string Kubeconfig = """
        apiVersion: v1
        kind: Config
        clusters: [{ name: mine, cluster: { server: 'https://127.0.0.1:6443' } }]
        users: [{ name: admin, user: { token: a-token } }]
        contexts: [{ name: mine, context: { cluster: mine, user: admin } }]
        current-context: mine
        """;

    /// <summary>Skips the test where such a namespace can't be made.</summary>
    public static async Task RequireAsync()
    {
        Programs.Require("unshare");
        using var folder = new TemporaryDirectory();
        var tried = await new CommandRunner().RunAsync(Within(folder, CommandLine.Of("true")));
        Assert.SkipUnless(tried.Succeeded, $"no mount namespace can be made here: {tried.StandardError.Trim()}");
    }

    /// <summary>A command as it runs on such a machine.</summary>
    /// <param name="folder">The folder that stays.</param>
    /// <param name="command">The command.</param>
    public static CommandLine Within(TemporaryDirectory folder, CommandLine command)
    {
        folder.Write("admin.conf", Kubeconfig);
        IReadOnlyList<string> asRoot = Environment.UserName == "root" ? [] : ["--map-root-user"];
        return command with { Program = "unshare", Arguments = [.. asRoot, "--mount", "sh", "-c", Script, "sh", folder.Path, AppContext.BaseDirectory, command.Program, .. command.Arguments] };
    }
}
