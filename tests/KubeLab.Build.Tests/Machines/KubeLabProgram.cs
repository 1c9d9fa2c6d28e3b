namespace KubeLab.Tests.Machines;

/// <summary>KubeLab itself as a process, on a root folder of its own.</summary>
internal static class KubeLabProgram
{
    /// <summary>The collection of the tests in which this machine is a node: a run locks it, so they come one after the other.</summary>
    public const string NodeTurn = "this machine as a node";

    /// <summary>A command of it, with its own configuration of the runtime.</summary>
    public static CommandLine Command(string root, IReadOnlyDictionary<string, string?> environment, params IReadOnlyList<string> arguments) => CommandLine.Of(
        "dotnet",
        ["exec", "--runtimeconfig", Path.ChangeExtension(typeof(CommandRunner).Assembly.Location, ".runtimeconfig.json"), typeof(CommandRunner).Assembly.Location, .. arguments]) with
    {
        WorkingDirectory = root,
        Environment = new Dictionary<string, string?>(environment, StringComparer.Ordinal) { ["NUKE_ROOT"] = root },
    };

    /// <summary>A cluster named <c>mine</c> of one node, which is the control machine itself, and a distribution of one playbook.</summary>
    public static void Prepare(TemporaryDirectory directory, string playbook)
    {
        directory.Write(".nuke/parameters.json", "{}");
        directory.Write("distribution/cluster.yml", playbook);
        directory.Write("inventory/mine/inventory.ini", "[kube_control_plane]\nk8s-m0 ansible_connection=local\n[etcd]\nk8s-m0\n[kube_node]\nk8s-m0\n");
    }
}
