using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;
using KubeLab.Yaml;

namespace KubeLab.Tests.Ansible;

public sealed class AnsibleChoiceTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_see_every_Ansible_of_the_machine_with_its_verdict_and_why_one_was_chosen()
    {
        Program("opt/old/bin", "echo 'ansible-playbook 2.9.27'; echo '  python version = 3.8.10 (default)'");
        Program("opt/pipx/venvs/ansible/bin", "echo 'ansible-playbook [core 2.18.1]'; echo '  python version = 3.12.3 (main)'");
        Program("opt/broken/bin", "echo 'ERROR: Ansible could not initialize the preferred locale' >&2; exit 1");
        Program("cache/venvs/built/bin", "echo 'ansible-playbook [core 2.18.2]'");
        Program("cache/venvs/unfinished/bin", "echo 'ansible-playbook [core 2.18.3]'");
        Directory.CreateSymbolicLink(directory.File("cache/venvs/0123456789abcdef"), directory.File("cache/venvs/built"));
        Directory.CreateSymbolicLink(directory.File("opt/alias"), directory.File("opt/old"));
        var window = new AnsibleWindow(new Version(2, 18, 0), new Version(2, 19, 0), new VariableSource("playbooks/ansible_version.yml", 5));

        var found = await new AnsibleFinder(new CommandRunner(), directory.Path).SurveyAsync(directory.File("cache"));
        var mine = found.Where(each => each.Directory.StartsWith(directory.Path, StringComparison.Ordinal)).ToList();
        var choice = new AnsibleChoice(mine, window);
        using var said = new StringWriter();
        (choice with { Chosen = choice.FirstFitting, Why = "the first that fits" }).Show(Consoles.Into(said));

        mine.Select(each => $"{Path.GetRelativePath(directory.Path, each.Directory)} {each.Origin} {each.Toolchain?.Version} {each.Toolchain?.PythonVersion}").ShouldBe(
            ["opt/pipx/venvs/ansible/bin pipx 2.18.1 3.12.3", "opt/alias/bin /opt 2.9.27 3.8.10", "opt/broken/bin /opt  ", "cache/venvs/0123456789abcdef/bin the cache 2.18.2 "]);
        choice.Reasons().ShouldContain($"{directory.File("opt/broken/bin")} (/opt): doesn't run: ERROR: Ansible could not initialize the preferred locale");
        choice.Reasons().ShouldContain($"{directory.File("opt/alias/bin")} (/opt): Ansible 2.9.27, outside the window");
        said.ToString().ShouldContain("✓");
        said.ToString().ShouldContain("chosen:");
        said.ToString().ShouldContain("the cache: fits");
    }

    [Fact]
    public void I_am_told_that_there_is_none() => new AnsibleChoice([], null).Reasons().ShouldBe(["on the PATH: no ansible-playbook"]);

    public void Dispose() => directory.Dispose();

    private void Program(string folder, string script) => File.SetUnixFileMode(
        directory.Write($"{folder}/ansible-playbook", $"#!/bin/sh\n{script}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
