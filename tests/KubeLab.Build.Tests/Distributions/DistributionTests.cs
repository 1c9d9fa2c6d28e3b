using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

public class DistributionTests : IDisposable
{
    private readonly TemporaryDirectory tree = new();

    [Theory]
    [InlineData("ansible_version.yml")]
    [InlineData("playbooks/ansible_version.yml")]
    public void I_read_the_Ansible_window_from_where_each_era_keeps_it(string file)
    {
        Write(file, """
            ---
            - name: Check Ansible version
              hosts: all
              vars:
                minimal_ansible_version: 2.14.0
                maximal_ansible_version: 2.15.0
            """);

        var window = Open().AnsibleWindow!;

        window.Contains(new Version(2, 14, 18)).ShouldBeTrue();
        window.Contains(new Version(2, 15, 0)).ShouldBeFalse();
        window.Contains(new Version(2, 13, 9)).ShouldBeFalse();
        window.Source.ToString().ShouldBe($"{file}:5");
    }

    [Fact]
    public void I_am_told_that_a_window_cannot_be_read()
    {
        Write("playbooks/ansible_version.yml", "- hosts: all\n");

        Should.Throw<UserError>(() => Open()).Message.ShouldStartWith("playbooks/ansible_version.yml");
    }

    [Fact]
    public void I_read_a_default_with_its_line()
    {
        Write(Distribution.PreinstallDefaults, "---\n# Memory\nminimal_node_memory_mb: 1024\nminimal_master_memory_mb: 1500\n");

        var threshold = Open().Default(Distribution.PreinstallDefaults, "minimal_master_memory_mb")!;

        threshold.Value.ShouldBe("1500");
        threshold.Source.ToString().ShouldBe("roles/kubernetes/preinstall/defaults/main.yml:4");
    }

    [Fact]
    public void I_pick_the_requirements_of_the_Ansible_version_that_I_ask_for()
    {
        Write("requirements.txt", "ansible==5.7.1\n");
        Write("requirements-2.9.txt", "ansible==2.9.27\n");
        Write("requirements-2.9.yml", "collections: []\n");

        var requirements = Open().Requirements;

        Path.GetFileName(requirements.PythonFile("2.9")).ShouldBe("requirements-2.9.txt");
        Path.GetFileName(requirements.PythonFile(null)).ShouldBe("requirements.txt");
        Path.GetFileName(requirements.GalaxyFile("2.9")).ShouldBe("requirements-2.9.yml");
        requirements.GalaxyFile("2.12").ShouldBeNull();
        requirements.AnsibleVersions.ShouldBe(["2.9"]);
    }

    [Fact]
    public void I_am_told_that_a_folder_is_no_distribution() =>
        Should.Throw<UserError>(() => Distribution.Open("kubespray", tree.Path)).Message.ShouldContain("has no cluster.yml");

    [Fact]
    public void I_am_told_the_line_at_which_a_tree_is_broken()
    {
        Write(Distribution.PreinstallDefaults, "---\na: 1\nb: [\n");

        Should.Throw<UserError>(() => Open().Default(Distribution.PreinstallDefaults, "a"))
            .Message.ShouldStartWith("roles/kubernetes/preinstall/defaults/main.yml:");
    }

    public void Dispose() => tree.Dispose();

    private void Write(string file, string text) => tree.Write(file, text);

    private Distribution Open()
    {
        tree.Write("cluster.yml", "---\n");
        return Distribution.Open("kubespray", tree.Path);
    }
}
