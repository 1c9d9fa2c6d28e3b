using KubeLab.Ansible;

namespace KubeLab.Preflight;

/// <summary>The node has the Python that Ansible's modules run on.</summary>
internal sealed class PythonRule() : NodeRule("python", "Python for Ansible's modules")
{
    // Kubespray renamed the role that prepares a machine before Ansible's first module runs there with v2.28.
    private static readonly string[] BootstrapRoles = ["roles/bootstrap_os/tasks", "roles/bootstrap-os/tasks"];

    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        if (facts.Python is { Version: { } version } python)
            return [Judge(node, python, version, scene.ControlMachine?.AnsibleVersion) with { Observed = version.ToString() }];
        if (!facts.Complete)
            return [Skip("the node's answer was cut off")];
        if (facts.Python is null && Installer(facts, scene) is { } installer)
            return [Pass("There is no Python yet; the playbook installs it") with { Observed = "none", Source = installer }];
        var problem = facts.Python is { } broken ? $"{broken.Path} does not run: {broken.Said}" : "there is no Python";
        return [Fail(
            $"{node.Name}: {problem}",
            "Install Python 3 there (Debian, Ubuntu: apt-get install python3), or set ansible_python_interpreter to it.")
                .Compared(facts.Python is null ? "none" : "broken", "Python 3", "Ansible's requirements of a managed node")];
    }

    private Finding Judge(ProbedNode node, PythonInterpreter python, Version version, Version? ansible)
    {
        if (ansible is null || AnsiblePython.OnNode(ansible) is not { } range)
            return Pass($"{python.Path} is {python.Said}");
        var minor = AnsiblePython.Minor(version);
        var problem =
            $"{node.Name}: {python.Path} is {version}, and the modules of Ansible {ansible} are made for {range.Least} to {range.Most}";
        const string remedy =
            "Set ansible_python_interpreter to a Python in that range, or choose a release of the distribution with a newer Ansible.";

        // Up to 2.15 the modules carry a copy of six that Python 3.12 can't import (ansible/ansible issue 81946).
        var verdict = minor < range.Least || (minor >= new Version(3, 12) && ansible < new Version(2, 16)) ? Fail(problem, remedy)
            : minor > range.Most ? Warn(problem, remedy)
            : Pass($"{python.Path} is {python.Said}");
        return verdict with
        { Required = $"{range.Least} to {range.Most}", Source = "docs.ansible.com, ansible-core support matrix" };
    }

    // The distribution's own tasks for this operating system install Python where there is none.
    private static string? Installer(NodeFacts facts, PreflightContext scene)
    {
        if (facts.OperatingSystem is not { } system)
            return null;
        return BootstrapRoles
            .SelectMany(role => new[] { $"{role}/{system.Id}.yml", $"{role}/bootstrap-{system.Id}.yml" })
            .FirstOrDefault(file => File.Exists(scene.Distribution.File(file))
                && File.ReadAllText(scene.Distribution.File(file)).Contains("python", StringComparison.OrdinalIgnoreCase));
    }
}
