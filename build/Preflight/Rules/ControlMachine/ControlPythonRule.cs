using KubeLab.Ansible;

namespace KubeLab.Preflight;

/// <summary>The Python that Ansible runs on is one that this Ansible is made for.</summary>
internal sealed class ControlPythonRule() : ClusterRule(
    "control-python", "Python of the control machine", RuleStage.ControlMachine, FindingStatus.Warning)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.ControlMachine is null)
            return [Skip("this machine isn't judged")];
        if (scene.ControlMachine is not { AnsibleVersion: { } ansible, PythonVersion: { } python })
            return [Unknown("the version of Ansible or of its Python isn't known", "Run ./build.sh InstallRequirements again.")];
        if (AnsiblePython.OnControlMachine(ansible) is not { } range)
            return [Skip($"which Pythons Ansible {ansible} is made for isn't known") with { Observed = python.ToString() }];
        var verdict = AnsiblePython.Minor(python) >= range.Least && AnsiblePython.Minor(python) <= range.Most
            ? Pass($"Python {python}")
            : Warn(
                $"Ansible {ansible} runs on Python {python} here, and is made for {range.Least} to {range.Most}",
                $"Install a Python from {range.Least} to {range.Most} and run ./build.sh InstallRequirements again.");
        return [verdict
            .Compared(python.ToString(), $"{range.Least} to {range.Most}", "docs.ansible.com, ansible-core support matrix")];
    }
}
