using KubeLab.Ansible;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

public sealed class RemediesTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_get_the_one_command_that_brings_everything_on_Debian()
    {
        Program("apt-get", "");
        Program("apt-cache", """
            for package in "$@"; do
              case $package in
                policy) ;;
                python3-kubelab) printf '%s:\n  Installed: (none)\n  Candidate: (none)\n' "$package" ;;
                python3-unheard) ;;
                *) printf '%s:\n  Installed: (none)\n  Candidate: 1.0\n' "$package" ;;
              esac
            done
            """);

        var remedy = await RemedyAsync(
            Missing("collection", "ansible.posix", ">=1.5.4 (galaxy.yml); mount"), Missing("library", "netaddr"), Missing("library", "kubelab"),
            Missing("library", "unheard"), Missing("program", "ssh"), Missing("program", "sshpass"));

        remedy.ShouldBe("This brings it here: apt-get install --yes ansible openssh-client python3-netaddr sshpass");
    }

    [Fact]
    public async Task I_am_told_where_a_command_was_never_run()
    {
        Program("dnf", "");

        (await RemedyAsync(Missing("library", "selinux"), Missing("program", "ssh")))
            .ShouldBe("This brings it here: dnf install --assumeyes openssh-clients python3-libselinux (not run where this was written)");
    }

    [Fact]
    public async Task In_a_virtual_environment_pip_brings_libraries_and_ansible_galaxy_collections()
    {
        var remedy = await RemedyAsync(
            new ProvenPython("/venv/bin/python", IsVirtual: true),
            Missing("library", "netaddr", "==1.3.0 (requirements.txt:7); ansible.utils.ipaddr"), Missing("collection", "ansible.posix", ">=1.5.4 (galaxy.yml); mount"), Missing("collection", "a.b"));

        remedy.ShouldBe($"This brings it here: /venv/bin/python -m pip install netaddr==1.3.0 && {ShellWords.Quote(directory.File("ansible-galaxy"))} collection install 'ansible.posix:>=1.5.4' a.b");
    }

    [Fact]
    public async Task I_get_a_locale() =>
        (await RemedyAsync(Missing("locale", "encoding"))).ShouldBe("This brings it here: export LC_ALL=C.UTF-8");

    [Fact]
    public async Task I_am_told_that_no_command_is_known() =>
        (await RemedyAsync(Missing("file", "roles/one/tasks/main.yml:3"))).ShouldBe("No command is known that brings it here.");

    public void Dispose() => directory.Dispose();

    private static ProvenNeed Missing(string kind, string name, string wanted = "") => new(kind, name, wanted, null, null, false, "is missing");

    private Task<string> RemedyAsync(params IReadOnlyList<ProvenNeed> rows) => RemedyAsync(new ProvenPython("/usr/bin/python3", IsVirtual: false), rows);

    private Task<string> RemedyAsync(ProvenPython? python, params IReadOnlyList<ProvenNeed> rows) =>
        new Remedies(new CommandRunner(), directory.Path).ForAsync(new AnsibleToolchain(directory.Path, new Version(2, 14, 18), "the system's"), new ToolchainProof(python, rows));

    private void Program(string name, string script) => File.SetUnixFileMode(
        directory.Write(name, $"#!/bin/sh\n{script}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
