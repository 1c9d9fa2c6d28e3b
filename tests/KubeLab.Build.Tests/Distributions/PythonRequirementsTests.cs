using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

public sealed class PythonRequirementsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Theory]
    [InlineData("netaddr==1.3.0", "netaddr", "==1.3.0", null)]
    [InlineData("Ruamel.YAML >= 0.17 , < 0.18 ; python_version >= '3.9'  # why", "ruamel-yaml", ">= 0.17 , < 0.18", null)]
    [InlineData("jmespath", "jmespath", "", null)]
    [InlineData("ansible[azure]==7.6.0 --hash=sha256:00", "ansible", "==7.6.0", null)]
    [InlineData("sample @ https://mirror.example/sample-1.0-py3-none-any.whl", "sample", "@ https://mirror.example/sample-1.0-py3-none-any.whl", null)]
    [InlineData("sample @ git+https://mirror.example/sample@main", "sample", "@ git+https://mirror.example/sample@main", "its source is a repository")]
    [InlineData("git+ssh://git@mirror.example/sample", null, "git+ssh://git@mirror.example/sample", "its source is a repository")]
    [InlineData("https://mirror.example/sample-1.0.tar.gz", null, "https://mirror.example/sample-1.0.tar.gz", null)]
    [InlineData("./sample", null, "./sample", "it is a folder")]
    [InlineData("-e ./sample", null, "./sample", "it is editable")]
    [InlineData("--editable=git+https://mirror.example/sample", null, "git+https://mirror.example/sample", "it is editable")]
    public void I_read_a_requirement_and_whether_a_hash_can_hold_it(string line, string? name, string wanted, string? reason)
    {
        var item = Read($"# first\n{line}\n").Items.ShouldHaveSingleItem();

        (item.Name, item.Wanted, item.NotLockable).ShouldBe((name, wanted, reason));
        $"{item.Source}".ShouldBe("requirements.txt:2");
    }

    [Fact]
    public void I_read_included_files_line_ends_of_Windows_and_lines_that_go_on()
    {
        directory.Write("more/base.txt", "jmespath==1.0.1\r\nnetaddr==1.3.0 \\\r\n  --hash=sha256:00\r\n");
        directory.Write("constraints.txt", "cryptography<46\n");

        var requirements = Read("\uFEFFansible==7.6.0\r\n-r more/base.txt\r\n--constraint constraints.txt\r\n--index-url https://mirror.example/simple\r\n");

        requirements.Items.Select(item => $"{item.Name} {item.Source}").ShouldBe(["ansible requirements.txt:1", "jmespath more/base.txt:1", "netaddr more/base.txt:2"]);
        requirements.Text.ShouldContain("cryptography<46");
    }

    [Fact]
    public void I_am_told_of_files_that_include_each_other()
    {
        directory.Write("base.txt", "jmespath\n-r requirements.txt\n");

        var error = Should.Throw<UserError>(() => Read("\n-r base.txt\n"));

        error.Message.ShouldContain("base.txt:2 includes requirements.txt, which includes it: requirements.txt:2, base.txt:2");
    }

    [Fact]
    public void I_am_told_of_an_included_file_that_is_not_there() =>
        Should.Throw<UserError>(() => Read("--requirement=base.txt\n")).Message.ShouldContain("requirements.txt:1 includes base.txt, and there is no ");

    [Theory]
    [InlineData("---\nroles:\n  - name: a.role\n    version: '1.0'\ncollections:\n  - kubelab.sample\n  - name: community.general\n    version: '<3.0'\n", "role a.role 1.0 requirements-2.9.yml:3,collection kubelab.sample * requirements-2.9.yml:6,collection community.general <3.0 requirements-2.9.yml:7")]
    [InlineData("- src: https://mirror.example/role.tar.gz\r\n- a.role\r\n", "role https://mirror.example/role.tar.gz * requirements-2.9.yml:1,role a.role * requirements-2.9.yml:2")]
    [InlineData("--- {}\n", "")]
    [InlineData("", "")]
    public void I_read_which_roles_and_collections_are_asked_for(string text, string expected) =>
        string.Join(',', GalaxyDependencies.ReadFile(directory.Write("requirements-2.9.yml", text)).Select(each => $"{each.Kind} {each.Name} {each.Version} {each.Source}"))
            .ShouldBe(expected);

    [Fact]
    public void I_am_told_where_a_file_of_Galaxy_is_no_YAML() =>
        Should.Throw<UserError>(() => GalaxyDependencies.ReadFile(directory.Write("requirements-2.9.yml", "collections: [\n"))).Message.ShouldStartWith("requirements-2.9.yml:");

    public void Dispose() => directory.Dispose();

    private PythonRequirements Read(string text) => PythonRequirements.Read(directory.Write("requirements.txt", text));
}
