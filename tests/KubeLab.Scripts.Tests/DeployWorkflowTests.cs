using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

/// <summary>The jobs that deploy, with their conditions, run as a runner does.</summary>
public sealed class DeployWorkflowTests : IDisposable
{
    readonly GitHubRunner runner = GitHubRunner.With("my-cluster");

    public static TheoryData<string, string> HostileInputs => new()
    {
        { "inventory", "other" },
        { "inventory", "../inventory/my-cluster" },
        { "inventory", "my-cluster; touch pwned" },
        { "inventory", "$(touch pwned)" },
        { "inventory", "`touch pwned`" },
        { "inventory", "--help" },
        { "inventory", "my-cluster\n::set-output name=x::y" },
        { "target", "Deploy --skip" },
        { "target", "--help" },
        { "target", "$(touch pwned)" },
        { "limit", "--skip" },
        { "limit", "-oProxyCommand=touch pwned" },
        { "limit", "k8s-n0\n--skip" },
        { "node", "-oProxyCommand=x" },
        { "node", "a b" },
        { "tier", "0; touch pwned" },
        { "jump-host", "-oProxyCommand=touch pwned" },
        { "jump-host", "me@host\nProxyCommand touch pwned" },
        { "jump-host", "me@$(touch pwned)" },
    };

    [Theory]
    [MemberData(nameof(HostileInputs))]
    public async Task I_cannot_make_an_input_into_anything_else(string input, string value)
    {
        var inputs = new Dictionary<string, string>() { ["inventory"] = "my-cluster", [input] = value };

        var result = await DeployAsync(inputs);

        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("##[step] Check the inputs: failure");
        result.Output.ShouldContain("##[step] Run the target: skipped");
        result.Output.Split('\n').Count(line => line.StartsWith("::", StringComparison.Ordinal)).ShouldBe(1, result.ToString());
        Directory.GetFiles(runner.Folder, "pwned", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a'b \"c\" $(touch pwned) `touch pwned`")]
    [InlineData("first\nsecond\n::error::third")]
    [InlineData("-oProxyCommand=touch pwned")]
    public async Task I_can_have_any_secret(string secret)
    {
        runner.Program("workspace/build.sh", """for file in "$RUNNER_TEMP"/kubelab_*; do echo "$file"; cat "$file"; done""");

        var result = await DeployAsync(new() { ["inventory"] = "my-cluster" }, new()
        {
            ["KUBELAB_PRIVATE_KEY"] = secret,
            ["KUBELAB_VAULT_PASSWORD"] = secret,
            ["KUBELAB_BECOME_PASSWORD"] = secret,
            ["KUBELAB_KNOWN_HOSTS"] = secret,
        });

        result.ExitCode.ShouldBe(0, result.ToString());
        foreach (var name in new[] { "private_key", "vault_password", "become_password" })
            result.Output.ShouldContain($"kubelab_{name}\n{secret}\n");
        File.ReadAllText(Path.Combine(runner.Home, ".ssh", "known_hosts")).ShouldBe($"{secret}\n");
        Directory.GetFiles(runner.Folder, "pwned", SearchOption.AllDirectories).ShouldBeEmpty();
        Directory.GetFiles(runner.Temporary("."), "kubelab*").ShouldBeEmpty("nothing of a secret is left behind");
    }

    [Fact]
    public async Task I_get_files_that_nobody_else_can_read()
    {
        runner.Program("workspace/build.sh", """stat -c '%a %n' "$RUNNER_TEMP"/kubelab_* ~/.ssh/known_hosts""");

        var result = await DeployAsync(new() { ["inventory"] = "my-cluster" }, new()
        {
            ["KUBELAB_PRIVATE_KEY"] = "k",
            ["KUBELAB_VAULT_PASSWORD"] = "v",
            ["KUBELAB_KNOWN_HOSTS"] = "192.0.2.1 ssh-ed25519 AAAA",
        });

        result.Output.Split('\n').Where(line => line.Contains("/kubelab_") || line.Contains("known_hosts"))
            .ShouldAllBe(line => line.StartsWith("600 "));
        result.Output.ShouldContain("/known_hosts");
    }

    [Fact]
    public async Task I_am_told_that_the_key_is_missing_but_where_the_runner_is_mine()
    {
        var hosted = await DeployAsync(new() { ["inventory"] = "my-cluster" }, []);
        var mine = await DeployAsync(new() { ["inventory"] = "my-cluster" }, [], "self-hosted");
        var reading = await DeployAsync(new() { ["inventory"] = "my-cluster", ["target"] = "ValidateInventory" }, []);

        hosted.ExitCode.ShouldBe(1);
        hosted.Output.ShouldContain("::error::The secret KUBELAB_PRIVATE_KEY is not set.\n");
        mine.Output.ShouldContain($"<Deploy><--inventory><{runner.Workspace}/inventory/my-cluster>\n");
        reading.Output.ShouldContain($"<ValidateInventory><--inventory><{runner.Workspace}/inventory/my-cluster>\n");
    }

    [Fact]
    public async Task I_start_the_target_with_what_was_asked_for()
    {
        var result = await DeployAsync(new()
        {
            ["inventory"] = "my-cluster",
            ["target"] = "RemoveNode",
            ["limit"] = "a b,!c",
            ["node"] = "n1,n2",
            ["resume"] = "true",
        });

        result.Output.ShouldContain(
            $"<RemoveNode><--inventory><{runner.Workspace}/inventory/my-cluster><--private-key>" +
            $"<{runner.Temporary("kubelab_private_key")}><--limit><a b,!c><--node><n1,n2><--resume>\n");
    }

    [Fact]
    public async Task I_reach_the_nodes_through_a_jump_host_and_the_jump_host_itself()
    {
        Directory.CreateDirectory(Path.Combine(runner.Home, ".ssh"));
        await File.WriteAllTextAsync(Path.Combine(runner.Home, ".ssh", "config"), "Host 192.0.2.9\n  Port 99\n");
        runner.Program("workspace/build.sh", """
            for host in 192.0.2.1 jump.example 192.0.2.9; do
              ssh -G -F ~/.ssh/config "$host" | grep -iE '^(proxyjump|identityfile .*kubelab|port 99)' | sed "s/^/$host /"
            done
            """);

        var result = await DeployAsync(new() { ["inventory"] = "my-cluster", ["jump-host"] = "me@jump.example:2222" });

        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("192.0.2.1 proxyjump me@jump.example:2222");
        result.Output.ShouldContain($"jump.example identityfile {runner.Temporary("kubelab_private_key")}");
        result.Output.ShouldNotContain("jump.example proxyjump");
        result.Output.ShouldContain("192.0.2.9 port 99");
        File.ReadAllText(Path.Combine(runner.Home, ".ssh", "config")).ShouldBe("Host 192.0.2.9\n  Port 99\n");
    }

    [Fact]
    public async Task I_have_a_tunnel_for_the_time_of_the_run_only_where_I_asked_for_it()
    {
        runner.Program("bin/sudo", """exec "$@" """);
        runner.Program("bin/wg-quick", """echo "wg-quick $*"; if [[ $1 == up ]]; then cat "$2"; stat -c %a "$2"; fi""");
        var secrets = new Dictionary<string, string>() { ["KUBELAB_PRIVATE_KEY"] = "k", ["KUBELAB_WIREGUARD"] = "[Interface]" };

        var without = await DeployAsync(new() { ["inventory"] = "my-cluster" }, secrets);
        var with = await DeployAsync(new() { ["inventory"] = "my-cluster", ["wireguard"] = true }, secrets);

        without.Output.ShouldNotContain("wg-quick");
        var tunnel = runner.Temporary("kubelab.conf");
        with.Output.ShouldContain($"wg-quick up {tunnel}\n[Interface]\n600\n");
        with.Output.ShouldContain($"wg-quick down {tunnel}\n");
        with.Output.IndexOf("<Deploy>", StringComparison.Ordinal).ShouldBeInRange(
            with.Output.IndexOf("wg-quick up", StringComparison.Ordinal), with.Output.IndexOf("wg-quick down", StringComparison.Ordinal));
        File.Exists(tunnel).ShouldBeFalse();
    }

    [Fact]
    public async Task I_see_the_summary_of_a_run_that_could_not_show_it_itself_and_leave_no_key_after_a_failure()
    {
        runner.Program("workspace/build.sh", """
            mkdir -p artifacts/my-cluster/runs/{1,2}
            for run in 1 2; do echo "# $run" >artifacts/my-cluster/runs/$run/summary.md; done
            exit 255
            """);

        var result = await DeployAsync(new() { ["inventory"] = "my-cluster" });

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("##[step] Upload the record: passed over");
        runner.Summary.ShouldBe("# 2\n");
        Directory.GetFiles(runner.Temporary("."), "kubelab*").ShouldBeEmpty();
    }

    [Fact]
    public async Task I_read_in_the_summary_what_the_deployment_would_do()
    {
        runner.Program("workspace/build.sh", """printf '\033[1mtargets\033[0m\n~~~~\n'; exit 3""");

        var result = await DeployAsync(new() { ["inventory"] = "my-cluster", ["target"] = "Preview" }, []);

        result.ExitCode.ShouldBe(1);
        runner.Summary.ShouldBe("### What the deployment of my-cluster would do\n\n~~~~text\ntargets\n ~~~~\n~~~~\n");
    }

    [Theory]
    [InlineData("Deploy", "", 0)]
    [InlineData("Reset", "my-cluster", 0)]
    [InlineData("Reset", "", 1)]
    [InlineData("Upgrade", "other", 1)]
    [InlineData("RemoveNode", "my-cluster ", 1)]
    [InlineData("RecoverControlPlane", "$(touch pwned)", 1)]
    public async Task I_type_the_name_of_a_cluster_that_would_be_changed_for_good(string target, string confirmed, int exitCode)
    {
        var result = await runner.RunAsync(
            "deploy.yml", "confirm", new { inputs = new { target, inventory = "my-cluster", confirm = confirmed } });

        result.ExitCode.ShouldBe(exitCode, result.ToString());
    }

    /// <inheritdoc/>
    public void Dispose() => runner.Dispose();

    Task<ScriptResult> DeployAsync(
        Dictionary<string, object> inputs, Dictionary<string, string>? secrets = null, string system = "github-hosted") =>
        runner.RunAsync("reusable.yml", "run", new
        {
            inputs,
            secrets = secrets ?? new() { ["KUBELAB_PRIVATE_KEY"] = "key" },
            matrix = new { inventory = inputs["inventory"] },
            runner = system,
        });

    Task<ScriptResult> DeployAsync(Dictionary<string, string> inputs) =>
        DeployAsync(inputs.ToDictionary(each => each.Key, object (each) => each.Value));
}
