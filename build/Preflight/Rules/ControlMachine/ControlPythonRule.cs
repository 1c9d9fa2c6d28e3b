using KubeLab.Ansible;

namespace KubeLab.Preflight;

/// <summary>The Python that Ansible runs on is one that this Ansible is made for.</summary>
public sealed class ControlPythonRule : IClusterRule
{
    public string Id => "control-python";

    public string Title => "Python of the control machine";

    public RuleStage Stage => RuleStage.ControlMachine;

    public IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.ControlMachine is not { AnsibleVersion: { } ansible, PythonVersion: { } python })
            yield return this.Skip(null, "the version of Ansible or of its Python isn't known");
        else if (AnsiblePython.OnControlMachine(ansible) is not { } range)
            yield return this.Skip(null, $"which Pythons Ansible {ansible} is made for isn't known") with { Observed = python.ToString() };
        else
            yield return Verdict(ansible, python, range)
                .Compared(python.ToString(), $"{range.Least} to {range.Most}", "docs.ansible.com, ansible-core support matrix");
    }

    private Finding Verdict(Version ansible, Version python, (Version Least, Version Most) range) =>
        AnsiblePython.Minor(python) >= range.Least && AnsiblePython.Minor(python) <= range.Most
            ? this.Pass(null, $"Python {python}")
            : this.Warn(null, $"Ansible {ansible} runs on Python {python} here, and is made for {range.Least} to {range.Most}", $"Install a Python from {range.Least} to {range.Most} and run ./build.sh InstallRequirements again.");
}
