using KubeLab.Distributions;

namespace KubeLab.Preflight;

/// <summary>The Ansible in use is one that the distribution's playbooks accept.</summary>
internal sealed class AnsibleVersionRule() : ClusterRule("ansible-version", "Ansible", RuleStage.ControlMachine)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.ControlMachine is null)
            return [Skip("this machine isn't judged")];
        if (scene.ControlMachine.AnsibleVersion is not { } version)
            return [Unknown("the version of Ansible isn't known", "Run ./build.sh InstallRequirements again.")];
        if (scene.Distribution.AnsibleWindow is not { } window)
            return [Skip("the distribution does not say which it accepts") with { Observed = version.ToString() }];
        var verdict = window.Contains(version)
            ? Pass($"Ansible {version}")
            : Fail(
                $"Ansible {version} is outside of what {scene.Distribution.Name} accepts: {window}",
                "Run ./build.sh InstallRequirements, which makes one that fits.");
        return [verdict.Compared(version.ToString(), window.ToString(), window.Source)];
    }
}
