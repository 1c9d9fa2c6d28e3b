using KubeLab.Distributions;

namespace KubeLab.Preflight;

/// <summary>The Ansible in use is one that the distribution's playbooks accept.</summary>
internal sealed class AnsibleVersionRule() : ClusterRule("ansible-version", "Ansible", RuleStage.ControlMachine)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.ControlMachine?.AnsibleVersion is not { } version)
            yield return Skip(null, "the version of Ansible isn't known");
        else if (scene.Distribution.AnsibleWindow is not { } window)
            yield return Skip(null, "the distribution does not say which it accepts") with { Observed = version.ToString() };
        else if (window.Contains(version))
            yield return Pass(null, $"Ansible {version}").Compared(version.ToString(), window.ToString(), window.Source);
        else
            yield return Outside(version, window, scene);
    }

    private Finding Outside(Version version, Distributions.AnsibleWindow window, PreflightContext scene) => Fail(
        null,
        $"Ansible {version} is outside of what {scene.Distribution.Name} accepts: {window}",
        "Run ./build.sh InstallRequirements, which makes one that fits.")
            .Compared(version.ToString(), window.ToString(), window.Source);
}
