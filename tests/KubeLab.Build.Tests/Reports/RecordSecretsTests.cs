using CsCheck;
using KubeLab.Ansible;
using KubeLab.Records;
using KubeLab.Runs;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Reports;

/// <summary>KubeLab itself, with a real Ansible and a playbook that tells every secret there is: none of them may stand in the record.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public class RecordSecretsTests
{
    private const string BecomePassword = "be/come \"it's\" pässwörd&<1>";
    private const string VaultPassword = "vault-w0rd $x";
    private const string Token = "tok'en_\"0815\"";
    private const string ProxyPassword = "Pr0xy%40Word";
    private const string RegistryPassword = "registry pass 4711";
    private const string DatabasePassword = "d8-pass";
    private const string HarmlesslyNamed = "whatever-1t-is-called";

    // Fails with all of it in its message, as a module does that shows its arguments.
    private const string Playbook = """
        - name: Tell everything
          hosts: all
          gather_facts: false
          become: false
          tasks:
            - name: Say it
              ansible.builtin.debug:
                msg: "{{ secrets }}"
            - name: Fail with it
              ansible.builtin.fail:
                msg: "{{ secrets | to_json }} and {{ proxy }} {{ key }}"
          vars:
            key: "{{ lookup('ansible.builtin.file', lookup('ansible.builtin.env', 'TEST_KEY')) }}"
            proxy: "{{ http_proxy }}"
            secrets:
              become: "{{ lookup('ansible.builtin.file', lookup('ansible.builtin.env', 'TEST_BECOME')) }}"
              vault: "{{ lookup('ansible.builtin.file', lookup('ansible.builtin.env', 'ANSIBLE_VAULT_PASSWORD_FILE')) }}"
              token: "{{ registry_token }}"
              registry: "{{ registry_password }}"
              database: "{{ db_password }} {{ greeting }}"
              login: "{{ ('me:' ~ registry_password) | b64encode }} {{ ('admin:' ~ db_password) | b64encode }}"
              encoded: "{{ registry_token | b64encode }}"
        """;

    [Fact]
    [Promise("No secret leaves KubeLab", "a playbook of the real Ansible that tells all of them and fails")]
    public async Task I_find_no_secret_in_the_record_of_a_run_that_tells_all_of_them()
    {
        Programs.Require(AnsibleFinder.Playbook);
        using var directory = new TemporaryDirectory();
        var key = Prepare(directory);
        var environment = new Dictionary<string, string?>
        {
            ["ANSIBLE_VAULT_PASSWORD_FILE"] = directory.File("vault"),
            ["TEST_BECOME"] = directory.File("become"),
            ["TEST_KEY"] = key,
            ["https_proxy"] = $"http://me:{ProxyPassword}@192.0.2.9:3128",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_STEP_SUMMARY"] = directory.File("page.md"),
            ["NO_COLOR"] = "1",
        };
        await EncryptAsync(directory, environment);

        var run = await new CommandRunner().RunAsync(KubeLabProgram.Command(
            directory.Path, environment, "InstallCluster", "--skip", "--inventory", "mine", "--kubespray-path", directory.File("distribution"), "--private-key", key, "--become-password-file", directory.File("become"),
            "--extra-vars", $"{{\"registry_token\": {System.Text.Json.JsonSerializer.Serialize(Token)}}}"));

        run.ExitCode.ShouldBe(255, run.StandardOutput + run.StandardError);
        var record = Directory.EnumerateDirectories(directory.File("artifacts/mine/runs")).ShouldHaveSingleItem();
        var files = Directory.EnumerateFiles(record).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        files.Keys.ShouldBe(["ansible.log", "commands.txt", "events.jsonl", "explanations.json", "run.json", "report.json", "report.html", "junit.xml", "summary.md"], ignoreOrder: true, run.StandardOutput + run.StandardError);
        files["events.jsonl"].ShouldContain("Fail with it");
        files["ansible.log"].ShouldContain(SecretMask.Mark);
        files["report.html"].ShouldContain("Fail with it");
        run.StandardOutput.ShouldContain("\n::error title=");
        File.ReadAllText(directory.File("page.md")).ShouldBe(files["summary.md"]);
        files["commands.txt"].ShouldContain("--extra-vars @extra-vars.json");
        File.GetUnixFileMode(record).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.EnumerateFiles(record).ShouldAllBe(file => File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        foreach (var (file, text) in files.Append(new("the console", run.StandardOutput + run.StandardError)))
        {
            foreach (var secret in Secrets(key))
                text.ShouldNotContain(secret, Case.Sensitive, $"{file} holds {secret}");
        }
    }

    [Theory]
    [InlineData("http://user:pass@192.0.2.1/x", "http://***@192.0.2.1/x")]
    [InlineData("https://192.0.2.1:6443/api?x=a@b", "https://192.0.2.1:6443/api?x=a@b")]
    [InlineData("ssh://git@192.0.2.1:22/x", "ssh://git@192.0.2.1:22/x")]
    [InlineData("kubeadm join 192.0.2.1:6443 --token abcdef.0123456789abcdef --x", "kubeadm join 192.0.2.1:6443 --token *** --x")]
    [InlineData("a -----BEGIN RSA PRIVATE KEY-----\\nMIIB\\n-----END RSA PRIVATE KEY----- b", "a -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY----- b")]
    [InlineData("nothing :// to : hide @ here", "nothing :// to : hide @ here")]
    [InlineData("http://user:Pr@xyEnc-3434@192.0.2.1:3128/x", "http://***@192.0.2.1:3128/x")]
    [InlineData("{\"key\": \"-----BEGIN PRIVATE KEY-----\\nMIIB\", \"next\": 1}", "{\"key\": \"-----BEGIN PRIVATE KEY-----***\", \"next\": 1}")]
    [InlineData("Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2ln", "Authorization: Bearer ***")]
    [InlineData("authorization: basic bWU6cGFzc3dvcmQ=", "authorization: basic ***")]
    [InlineData("  user: {token: eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2ln}", "  user: {token: ***}")]
    [InlineData("{\"stdout\": \"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2ln-_9\\n\"}", "{\"stdout\": \"***\\n\"}")]
    [InlineData("eyJhbGciOiJub25lIn0 is eyJ.eyJ.", "eyJhbGciOiJub25lIn0 is eyJ.eyJ.")]
    [InlineData("the bearer certificates of basic authentication", "the bearer certificates of basic authentication")]
    [InlineData("    client-key-data: LS0tLS1CRUdJTiBSU0Eg", "    client-key-data: ***")]
    [InlineData("{\"client-key-data\":\"LS0tLS1CRUdJTiBSU0Eg\"}", "{\"client-key-data\":\"***\"}")]
    [InlineData("    certificate-authority-data: LS0tLS1CRUdJTiBSU0Eg", "    certificate-authority-data: LS0tLS1CRUdJTiBSU0Eg")]
    public void I_see_no_secret_that_its_shape_gives_away(string text, string masked) => new SecretMask().Mask(text).ShouldBe(masked);

    [Theory]
    [InlineData("{\"db_password\": \"s3cret\", \"user\": \"admin\"}", "s3cret")]
    [InlineData("{\"auth\": {\"registry_token\": {\"a\": [\"t0ken\"]}}, \"path_file\": \"/x\"}", "t0ken")]
    [InlineData("api_key='k3y k3y' helm_enabled=true token_ttl=24h", "k3y k3y")]
    [InlineData("url=http://a:b%20c@192.0.2.1", "b%20c", "b c")]
    [InlineData("{\"kube_token_auth\": true, \"secret\": \"{{ lookup('x') }}\", \"password\": \"\"}")]
    [InlineData("{broken: [")]
    public void I_need_not_say_which_extra_variables_are_secret(string variables, params string[] secrets) =>
        SecretSources.OfExtraVariables(variables).Where(secret => secret.Length > 0).ShouldBe(secrets);

    [Theory]
    [InlineData("{\"filler\": \"", "\", \"url\": \"http://a:s3cret@192.0.2.1\"}")]
    [InlineData("", " url=http://a:s3cret@192.0.2.1")]
    public void Secrets_are_found_behind_a_value_of_ten_megabytes(string before, string behind) =>
        SecretSources.OfExtraVariables(before + new string('x', 10_000_000) + behind).ShouldContain("s3cret");

    [Fact]
    public void I_see_the_masked_record_with_the_rest_of_it_untouched()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("a.log", "before\n\n-----BEGIN PRIVATE KEY-----\nMIIBVQ\n-----END PRIVATE KEY-----\nafter s3cret\n");
        directory.Write("b.log", "no end of line, and \r\n nothing secret");
        var mask = new SecretMask();
        mask.Add(["s3cret", "no"]);

        mask.Seal(directory.Path);

        File.ReadAllText(directory.File("a.log")).ShouldBe("before\n\n-----BEGIN PRIVATE KEY-----***\nafter ***\n");
        File.ReadAllText(directory.File("b.log")).ShouldBe("no end of line, and \r\n nothing secret");
        Directory.EnumerateFiles(directory.Path).Count().ShouldBe(2);
    }

    [Fact]
    [Promise("No secret leaves KubeLab", "kill -9 in the middle of a playbook; command lines of all processes looked at")]
    public async Task I_find_no_secret_while_a_run_goes_on_nor_after_it_was_killed()
    {
        Programs.Require(AnsibleFinder.Playbook);
        await PrivateMachine.RequireAsync();
        using var directory = new TemporaryDirectory();
        KubeLabProgram.Prepare(directory, """
            - name: Tell it and wait
              hosts: all
              gather_facts: false
              become: false
              tasks:
                - name: Fail with it
                  ansible.builtin.fail:
                    msg: "{{ my_token }} -----BEGIN PRIVATE KEY-----\nMIIBVQ0815\n-----END PRIVATE KEY-----"
                  ignore_errors: true
                - name: Wait
                  ansible.builtin.command: sleep 300
            """);
        var command = PrivateMachine.Within(directory, KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?>(), "InstallCluster", "--skip", "--inventory", "mine", "--kubespray-path", directory.File("distribution"), "--extra-vars", $"{{\"my_token\": \"{DatabasePassword}\"}}"));
        var start = new System.Diagnostics.ProcessStartInfo(command.Program, command.Arguments) { WorkingDirectory = command.WorkingDirectory };
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;

        using var run = System.Diagnostics.Process.Start(start)!;
        string[] Files() => Directory.Exists(directory.File("artifacts")) ? Directory.GetFiles(directory.File("artifacts"), "*", SearchOption.AllDirectories) : [];
        for (var waited = 0; waited < 900 && !Files().Any(file => file.EndsWith("events.jsonl", StringComparison.Ordinal) && File.ReadAllText(file).Contains("\"Wait\"")); waited++)
            await Task.Delay(100);
        var arguments = Directory.EnumerateDirectories("/proc").Select(process => Path.Combine(process, "cmdline")).Where(File.Exists)
            .Select(ReadIfThere).Where(line => line.Contains("cluster.yml") && line.Contains(directory.Path) && !line.Contains("InstallCluster")).ToList();
        run.Kill();
        await run.WaitForExitAsync();

        arguments.ShouldNotBeEmpty();
        arguments.ShouldAllBe(line => !line.Contains(DatabasePassword));
        var texts = Files().ToDictionary(file => file, File.ReadAllText);
        texts.Values.ShouldContain(text => text.Contains("Fail with it"));
        texts.ShouldAllBe(file => !file.Value.Contains(DatabasePassword) && !file.Value.Contains("MIIBVQ0815"));
    }

    [Fact]
    public void I_find_a_secret_whatever_stands_before_it_in_Base64() =>
        Gen.Select(Gen.String[Gen.Char['!', '~'], 4, 40], Gen.String[Gen.Char['!', '~'], 0, 9], Gen.String[Gen.Char['!', '~'], 0, 9]).Sample((secret, before, after) =>
        {
            var mask = new SecretMask();
            mask.Add([secret]);
            var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{before}{secret}{after}"));

            mask.Mask(encoded).ShouldContain(SecretMask.Mark);
        });

    // One variable on its own, and a file as a whole.
    private static async Task EncryptAsync(TemporaryDirectory directory, Dictionary<string, string?> environment)
    {
        var variable = CommandLine.Of("ansible-vault", "encrypt_string", "--name", "registry_password", RegistryPassword) with { Environment = environment };
        directory.Write("inventory/mine/group_vars/all/registry.yml", (await new CommandRunner().RunAsync(variable)).EnsureSucceeded("ansible-vault encrypt_string").StandardOutput);
        var file = CommandLine.Of("ansible-vault", "encrypt", directory.Write("inventory/mine/group_vars/all/db.yml", $"db_password: {DatabasePassword}\ngreeting: {HarmlesslyNamed}\n")) with { Environment = environment };
        (await new CommandRunner().RunAsync(file)).EnsureSucceeded("ansible-vault encrypt");
    }

    private static string Prepare(TemporaryDirectory directory)
    {
        KubeLabProgram.Prepare(directory, Playbook);
        directory.Write("inventory/mine/group_vars/all/proxy.yml", $"http_proxy: http://me:{ProxyPassword}@192.0.2.9:3128\n");
        Secret(directory.Write("become", $"{BecomePassword}\n"));
        Secret(directory.Write("vault", $"{VaultPassword}\n"));
        using var keygen = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Programs.Require("ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-f", directory.File("key")]))!;
        keygen.WaitForExit();
        return directory.File("key");
    }

    private static string ReadIfThere(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Secret(string file)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // As they are, and as the files' formats write them.
    private static IEnumerable<string> Secrets(string key)
    {
        foreach (var secret in new[] { BecomePassword, VaultPassword, Token, ProxyPassword, RegistryPassword, DatabasePassword, HarmlesslyNamed })
        {
            yield return secret;
            yield return System.Text.Json.JsonSerializer.Serialize(secret)[1..^1];
            yield return System.Net.WebUtility.HtmlEncode(secret);
            yield return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret));
        }

        yield return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"me:{RegistryPassword}"))[5..^2];
        yield return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"admin:{DatabasePassword}"))[8..^2];
        yield return "it's";
        yield return "0815";
        foreach (var line in File.ReadLines(key).Where(line => !line.StartsWith('-')))
            yield return line;
    }
}
