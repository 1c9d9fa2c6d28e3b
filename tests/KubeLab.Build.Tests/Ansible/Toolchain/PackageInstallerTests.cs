using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ansible;

public class PackageInstallerTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public void Without_uv_pip_installs_the_exact_pins()
    {
        var install = new PackageInstaller(null, new AnsibleSettings()).Install("/cache/venv", "/tree/requirements.txt");

        install.ToString().ShouldBe("/cache/venv/bin/python -m pip install --disable-pip-version-check --no-input --retries 1 --timeout 10 --requirement /tree/requirements.txt");
    }

    [Fact]
    public void With_uv_it_makes_and_fills_the_environment()
    {
        var installer = new PackageInstaller("/usr/bin/uv", new AnsibleSettings { Index = "https://mirror.example/simple" });

        installer.Create("python3.11", "/cache/venv").ToString().ShouldBe("/usr/bin/uv venv --no-project --python python3.11 /cache/venv");
        installer.Install("/cache/venv", "/tree/requirements.txt").ToString()
            .ShouldBe("/usr/bin/uv pip install --python /cache/venv/bin/python --default-index https://mirror.example/simple -r /tree/requirements.txt");
    }

    [Fact]
    public void A_folder_of_wheels_takes_the_place_of_every_index()
    {
        var install = new PackageInstaller(null, new AnsibleSettings { Wheels = "/wheels", Index = "https://mirror.example/simple" }).Install("/cache/venv", "/r.txt").ToString();

        install.ShouldContain("--no-index --find-links /wheels");
        install.ShouldNotContain("mirror.example");
    }

    [Fact]
    public void Nothing_is_ever_upgraded_beyond_its_pin()
    {
        foreach (var uv in new[] { null, "/usr/bin/uv" })
            new PackageInstaller(uv, new AnsibleSettings()).Install("/cache/venv", "/r.txt").Arguments.ShouldNotContain(argument => argument == "-U" || argument == "--upgrade");
    }

    [Theory]
    [InlineData("ansible==7.6.0", "ansible", "2.14")]
    [InlineData("# first\nansible==2.9.27", "ansible", "2.9")]
    [InlineData("ansible-core==2.16.3  # exactly", "ansible-core", "2.16")]
    [InlineData("ansible == 3.4.0 ; python_version >= '3.5'", "ansible", "2.10")]
    public void I_read_the_pinned_Ansible_and_its_core(string text, string package, string core)
    {
        var pin = AnsiblePin.Read(folder.Write("requirements.txt", text))!;

        (pin.Package, pin.Core).ShouldBe((package, Version.Parse(core)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ansible>=7")]
    [InlineData("ansible-lint==6.0.0")]
    public void A_file_that_pins_no_Ansible_exactly_has_no_pin(string text) => AnsiblePin.Read(folder.Write("requirements.txt", text)).ShouldBeNull();

    [Fact]
    public void What_is_locked_is_installed_by_its_hashes_alone()
    {
        foreach (var uv in new[] { null, "/usr/bin/uv" })
            new PackageInstaller(uv, new AnsibleSettings()).Install("/cache/venv", "/locked.txt", isLocked: true).Arguments.ShouldContain("--require-hashes");
    }

    [Fact]
    public void What_would_be_installed_is_asked_of_the_resolver_without_installing_it()
    {
        new PackageInstaller(null, new AnsibleSettings()).Resolve("/cache/venv", "/r.txt", "/report.json").ToString()
            .ShouldEndWith("--verbose --dry-run --ignore-installed --report /report.json --requirement /r.txt");
        new PackageInstaller("/usr/bin/uv", new AnsibleSettings()).Resolve("/cache/venv", "/r.txt", "/resolved.txt").ToString()
            .ShouldBe("/usr/bin/uv pip compile --generate-hashes --no-header --no-annotate --python /cache/venv/bin/python --output-file /resolved.txt /r.txt");
    }

    public void Dispose() => folder.Dispose();
}
