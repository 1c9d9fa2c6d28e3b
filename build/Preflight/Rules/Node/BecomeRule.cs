namespace KubeLab.Preflight;

/// <summary>Privileges are escalated without a prompt, or with the password that was given.</summary>
internal sealed class BecomeRule() : NodeRule("become", "Privilege escalation")
{
    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene) => [
        facts.Become switch
        {
            BecomeOutcome.Worked => Pass($"{node.BecomeMethod} gives {node.BecomeUser}"),
            BecomeOutcome.Refused => Refused(node, facts.BecomeMessage),
            BecomeOutcome.NotTried => Skip(node.BecomeMethod == NodeProber.HiddenPassword
                ? "only Ansible can read the password that the inventory gives"
                : $"the method {node.BecomeMethod} can't be tried without a terminal"),
            _ => Skip("the node's answer was cut off before it"),
        },
    ];

    private Finding Refused(ProbedNode node, string said) => Fail(
        $"{node.Name}: {node.BecomeMethod} does not give {node.BecomeUser}: {(said is "" ? "it gave no reason" : said)}",
        said.Contains("not found")
            ? $"Install {node.BecomeMethod} on {node.Name}, or log in there as {node.BecomeUser} (ansible_user)."
            : "Let the login user run everything without a password there (sudoers: USER ALL=(ALL) NOPASSWD: ALL), "
                + "or name a file with its password in become.password_file of kubelab.yml.")
            .Compared("refused", $"{node.BecomeUser} without a prompt", "ansible-playbook --become");
}
