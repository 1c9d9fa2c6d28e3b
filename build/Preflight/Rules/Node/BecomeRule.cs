namespace KubeLab.Preflight;

/// <summary>Privileges are escalated without a prompt, or with the password that was given.</summary>
internal sealed class BecomeRule() : NodeRule("become", "Privilege escalation")
{
    public override IEnumerable<Finding> Judge(ProbedNode node, NodeFacts facts, PreflightContext scene)
    {
        yield return facts.Become switch
        {
            BecomeOutcome.Worked => Pass(node.Node, $"{node.BecomeMethod} gives {node.BecomeUser}"),
            BecomeOutcome.Refused => Fail(
                node.Node,
                $"{node.Node.Name}: {node.BecomeMethod} does not give {node.BecomeUser}: {Complaint(facts)}",
                Remedy(node, facts)).Compared("refused", $"{node.BecomeUser} without a prompt", "ansible-playbook --become"),
            BecomeOutcome.NotTried => Skip(node.Node, node.BecomeMethod == NodeProber.HiddenPassword
                ? "only Ansible can read the password that the inventory gives"
                : $"the method {node.BecomeMethod} can't be tried without a terminal"),
            _ => Skip(node.Node, "the node's answer was cut off before it"),
        };
    }

    private static string Remedy(ProbedNode node, NodeFacts facts) => facts.BecomeMessage.Contains("not found")
        ? $"Install {node.BecomeMethod} on {node.Node.Name}, or log in there as {node.BecomeUser} (ansible_user)."
        : "Let the login user run everything without a password there (sudoers: USER ALL=(ALL) NOPASSWD: ALL), "
            + "or name a file with its password in become.password_file of kubelab.yml.";

    private static string Complaint(NodeFacts facts) => facts.BecomeMessage.Length > 0 ? facts.BecomeMessage : "it gave no reason";
}
