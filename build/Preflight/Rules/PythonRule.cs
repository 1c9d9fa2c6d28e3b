namespace KubeLab.Preflight.Rules;

/// <summary>The node has the Python that Ansible's modules run on.</summary>
public sealed class PythonRule : INodeRule
{
    // Kubespray renamed the role that prepares a machine before Ansible's first module runs there with v2.28.
    private static readonly string[] BootstrapRoles = ["roles/bootstrap_os/tasks", "roles/bootstrap-os/tasks"];

    /// <inheritdoc />
    public string Id => "python";

    /// <inheritdoc />
    public string Title => "Python for Ansible's modules";

    /// <inheritdoc />
    public FindingStatus Severity => FindingStatus.Fail;

    /// <inheritdoc />
    public IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightScene scene)
    {
        if (facts.Python is { Version: not null } python)
            yield return this.Pass(node.Node, $"{python.Path} is {python.Said}") with { Observed = python.Version.ToString() };
        else if (!facts.Complete)
            yield return this.Skip(node.Node, "the node's answer was cut off");
        else if (facts.Python is null && Installer(facts, scene) is { } installer)
            yield return this.Pass(node.Node, $"There is no Python yet; the playbook installs it") with { Observed = "none", Source = installer };
        else
            yield return Missing(node, facts);
    }

    private Finding Missing(ProbedNode node, NodeFacts facts)
    {
        var problem = facts.Python is { } broken ? $"{broken.Path} does not run: {broken.Said}" : "there is no Python";
        return this.Fail(node.Node, $"{node.Node.Name}: {problem}", "Install Python 3 there (Debian, Ubuntu: apt-get install python3), or set ansible_python_interpreter to it.") with
        {
            Observed = facts.Python is null ? "none" : "broken",
            Required = "Python 3",
            Source = "Ansible's requirements of a managed node",
        };
    }

    // The distribution's own tasks for this operating system install Python where there is none.
    private static string? Installer(NodeFacts facts, PreflightScene scene)
    {
        if (facts.OperatingSystem is not { } system)
            return null;
        return BootstrapRoles
            .SelectMany(role => new[] { $"{role}/{system.Id}.yml", $"{role}/bootstrap-{system.Id}.yml" })
            .FirstOrDefault(file => File.Exists(scene.Distribution.File(file))
                && File.ReadAllText(scene.Distribution.File(file)).Contains("python", StringComparison.OrdinalIgnoreCase));
    }
}
