using CsCheck;
using KubeLab.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Clusters;

public class SettingsFileTests
{
    [Fact]
    public void I_can_write_every_setting()
    {
        var settings = Bind("""
            distribution: kubespray
            kubespray: { version: v2.28.1, url: /mirrors/kubespray.git }
            ansible: { version: "2.12" }
            ssh:
              user: ubuntu
              private_key: keys/id_ed25519
              host_key_checking: accept-new
              connect_timeout: 5s
            become: { user: admin }
            preflight: { skip: [swap, memory], concurrency: 8 }
            smoke: { image: registry.example/busybox:1, timeout: 2m30s }
            """);

        settings.Kubespray.Version.ShouldBe("v2.28.1");
        settings.Ansible.Version.ShouldBe("2.12");
        settings.Ssh.PrivateKey.ShouldBe("/clusters/mycluster/keys/id_ed25519");
        settings.Ssh.HostKeyChecking.ShouldBe("accept-new");
        settings.Ssh.ConnectTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        settings.Become.User.ShouldBe("admin");
        settings.Preflight.Skip.ShouldBe(["swap", "memory"]);
        settings.Preflight.Concurrency.ShouldBe(8);
        settings.Smoke.Timeout.ShouldBe(TimeSpan.FromSeconds(150));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("ssh:\n")]
    public void I_need_not_write_anything(string yaml) => Bind(yaml).Ssh.ShouldBe(new SshSettings());

    [Theory]
    [InlineData("shh: { user: me }", "kubelab.yml:1:1: shh is no setting. Did you mean ssh?")]
    [InlineData("ssh:\n  privat_key: x", "kubelab.yml:2:3: ssh.privat_key is no setting. Did you mean ssh.private_key?")]
    [InlineData("ssh: me", "kubelab.yml:1:6: ssh is \"me\", but it holds keys.")]
    [InlineData("- ssh", "kubelab.yml:1:1: kubelab.yml is a list, but it holds keys.")]
    [InlineData("ssh: { user: [a, b] }", "kubelab.yml:1:14: ssh.user is a list, but it takes one value.")]
    [InlineData("preflight: { skip: swap }", "kubelab.yml:1:20: preflight.skip is \"swap\", but it takes a list.")]
    [InlineData("ssh: { user: a", "kubelab.yml:2:1: this is no YAML")]
    [InlineData("ssh:\n  user: *me\n", "kubelab.yml:2:9: this is no YAML: the alias *me stands for nothing")]
    [InlineData("ssh:\n\tuser: root\n", "kubelab.yml:2:1: this is no YAML: a tab indents it, where only blanks may")]
    [InlineData("ssh:\n  user: \"{{ lookup('env', 'USER') }}\"\n", "kubelab.yml:2:9: ssh.user is a template, and kubelab.yml knows none")]
    [InlineData("preflight: { skip: [swap, '{% x %}'] }", "kubelab.yml:1:27: preflight.skip is a template")]
    public void I_am_told_the_place_of_what_is_no_setting(string yaml, string message) =>
        Should.Throw<UserError>(() => Bind(yaml)).Message.ShouldStartWith(message);

    [Fact]
    public void I_am_told_the_place_of_what_is_no_text()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("kubelab.yml", "");
        File.WriteAllBytes(file, [.. "ssh:\n  user: \"Jörg"u8, 0xff, .. "\"\n"u8]);

        Should.Throw<UserError>(() => SettingsFile.Read(file, "kubelab.yml")).Message.ShouldStartWith("kubelab.yml:2:14: this is no UTF-8");
    }

    [Theory]
    [InlineData("distribution: kubespary", "kubelab.yml:1:15: distribution takes one of kubespray, lab, not \"kubespary\". Did you mean kubespray?")]
    [InlineData("ssh: { connect_timeout: soon }", "kubelab.yml:1:25: ssh.connect_timeout takes a time span such as 90s, 2m or 1h30m, not \"soon\".")]
    [InlineData("preflight: { concurrency: -1 }", "kubelab.yml:1:27: preflight.concurrency takes a whole number above 0, not \"-1\".")]
    [InlineData("become: { password_file: /nowhere/at/all }", "kubelab.yml:1:26: become.password_file takes a file")]
    [InlineData("ssh: { user: -oProxyCommand=id }", "kubelab.yml:1:14: ssh.user takes the name of a user, and '-oProxyCommand=id' begins with a dash")]
    [InlineData("ssh: { user: 'two words' }", "kubelab.yml:1:14: ssh.user takes the name of a user")]
    [InlineData("become: { user: 'a;id' }", "kubelab.yml:1:17: become.user takes the name of a user")]
    [InlineData("become: { user: '%u' }", "kubelab.yml:1:17: become.user takes the name of a user")]
    [InlineData("kubespray: { version: --upload-pack=id }", "kubelab.yml:1:23: kubespray.version takes no text that begins with a dash")]
    [InlineData("kubespray: { url: -x }", "kubelab.yml:1:19: kubespray.url takes no text that begins with a dash")]
    [InlineData("smoke: { image: \"a\\nb\" }", "kubelab.yml:1:17: smoke.image takes one line")]
    [InlineData("ssh: { private_key: \"a\\nb\" }", "kubelab.yml:1:21: ssh.private_key takes one line")]
    [InlineData("inventories: [\"a\\e[2J\"]", "kubelab.yml:1:14: inventories takes one line")]
    [Promise("A name is a name and nothing else", "kubelab.yml with users, versions, addresses and paths that are none")]
    public void I_am_told_the_place_of_a_value_of_the_wrong_kind(string yaml, string message) =>
        Should.Throw<UserError>(() => Bind(yaml)).Message.ShouldStartWith(message);

    [Fact]
    public void I_outrank_the_file_with_the_command_line_and_the_file_outranks_the_parameters_file()
    {
        var file = SettingsFile.Parse("ssh: { user: file }\nbecome: { user: file }", "kubelab.yml", "/");
        var given = new Dictionary<string, string>(StringComparer.Ordinal) { ["SshUser"] = "line", ["BecomeUser"] = "parameters", ["KubesprayVersion"] = "v1" };
        var layers = ParameterLayers.From(
            given.GetValueOrDefault,
            ["kubelab", "--ssh-user", "line"],
            new Dictionary<string, string> { ["KUBESPRAY_VERSION"] = "v1" },
            "/");

        var settings = new SettingsBinder(layers.Overrides, file, layers.Defaults).Bind();

        settings.Ssh.User.ShouldBe("line");
        settings.Become.User.ShouldBe("file");
        settings.Kubespray.Version.ShouldBe("v1");
    }

    // What YamlDotNet refuses with an exception of another type than its own.
    [Theory]
    [InlineData("!![- ")]
    [InlineData("ssh:\n  user: !<\u007f> a")]
    public void I_am_told_where_a_tag_is_that_cannot_be_one(string yaml) =>
        Should.Throw<UserError>(() => Bind(yaml)).Problem.ShouldMatch(@"^kubelab\.yml:\d+:\d+: ");

    [Fact]
    public void I_get_an_error_and_never_a_crash_for_any_text() =>
        Gen.String[Gen.Char["ssh: user{}[]-#&*!|>'\"%@`,\n\t ?distribution"], 0, 60].Sample(yaml =>
        {
            try
            {
                Bind(yaml);
            }
            catch (UserError)
            {
                // The only way in which reading settings may fail.
            }
        });

    private static ClusterSettings Bind(string yaml) =>
        new SettingsBinder(SettingsFile.Parse(yaml, "kubelab.yml", "/clusters/mycluster")).Bind();

    [Theory]
    [InlineData("distribution: lab", true)]
    [InlineData("distribution: kubespray", false)]
    [InlineData("{ distribution: kubespray, machines: lab }", true)]
    [InlineData("{ distribution: lab, machines: own }", false)]
    public void I_choose_whose_machines_it_is_installed_on_apart_from_what_is_installed(string yaml, bool ofTheLab) =>
        Bind(yaml).HasLabMachines.ShouldBe(ofTheLab);
}
