using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

public class AnsiblePythonVersionTests
{
    [Theory]
    [InlineData("ansible-playbook [core 2.14.18]\n  config file = None\n  python version = 3.11.2 (main, Apr 28 2025) [GCC 12.2.0]\n", "3.11.2")]
    [InlineData("ansible-playbook 2.9.27\n  python version = 3.8.10 (default, Jun  2 2021) [GCC 9.4.0]\n", "3.8.10")]
    [InlineData("ansible-playbook [core 2.18.0]\n  python version = 3.13.0rc1 (main)\n", "3.13.0")]
    [InlineData("ansible-playbook [core 2.18.0]\n", null)]
    public void I_know_which_Python_an_Ansible_runs_on(string said, string? expected) =>
        (AnsibleFinder.ParsePythonVersion(said)?.ToString()).ShouldBe(expected);
}
