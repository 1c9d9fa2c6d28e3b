using System.Text.Json;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Runs;

/// <summary>KubeLab as a process: what each target's run leaves in the ledger, and what the next one says of it with <c>--resume</c>.</summary>
[Collection(KubeLabProgram.NodeTurn)]
public sealed class ResumeRunTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_am_told_what_became_of_each_target_and_what_changed()
    {
        Programs.Require("ansible-playbook");
        await PrivateMachine.RequireAsync();
        KubeLabProgram.Prepare(directory, Playbook("false"));

        (await RunAsync("InstallCluster", "FetchKubeconfig")).ExitCode.ShouldNotBe(0);
        Outcome("FetchDistribution").ShouldBe("succeeded");
        Outcome("InstallRequirements").ShouldBe("succeeded");
        Outcome("InstallCluster").ShouldBe("failed");
        Ledger("FetchDistribution").GetProperty("read").GetRawText().ShouldBe(Ledger("InstallRequirements").GetProperty("read").GetRawText());

        directory.Write("distribution/cluster.yml", Playbook("true"));
        directory.Write("inventory/mine/group_vars/all/mine.yml", "mine: 1\n");
        var mended = await RunAsync("InstallCluster", "FetchKubeconfig", "--resume");

        mended.ExitCode.ShouldBe(0, mended.StandardOutput + mended.StandardError);
        mended.StandardOutput.ShouldContain("FetchDistribution: runs again, as it is never left out");
        mended.StandardOutput.ShouldMatch("InstallCluster: runs again, as it failed at .* UTC; changed since: group_vars and host_vars, the distribution");

        var again = await RunAsync("InstallCluster", "FetchKubeconfig", "--resume");

        again.ExitCode.ShouldBe(0, again.StandardOutput + again.StandardError);
        again.StandardOutput.ShouldMatch("InstallCluster: left out, as it succeeded at .* UTC, and nothing that it read has changed since");
        again.StandardOutput.ShouldContain("FetchKubeconfig: runs again, as it is never left out");
        Outcome("FetchKubeconfig").ShouldBe("succeeded");

        directory.Write("inventory/mine/group_vars/all/mine.yml", "mine: 2\n");
        (await RunAsync("InstallCluster", "FetchKubeconfig", "--resume")).StandardOutput
            .ShouldContain("FetchKubeconfig: runs again, as changed since: group_vars and host_vars; it is never left out");
    }

    public void Dispose() => directory.Dispose();

    private static string Playbook(string holds) =>
        $"- name: Once\n  hosts: all\n  gather_facts: false\n  become: false\n  tasks:\n    - name: Stop\n      ansible.builtin.assert:\n        that: {holds}\n";

    private string Outcome(string target) => Ledger(target).GetProperty("outcome").GetString()!;

    private JsonElement Ledger(string target) => JsonDocument.Parse(File.ReadAllText(directory.File($"artifacts/mine/ledger/{target}.json"))).RootElement;

    // The targets in between are left out: this machine need not be fit for Kubernetes.
    private async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["KUBELAB_CACHE"] = directory.File("cache"),
            ["GITHUB_ACTIONS"] = null,
            ["CI"] = null,
            ["NO_COLOR"] = "1",
        };
        string[] all = [.. arguments, "--skip", "ValidateInventory+ValidateNodes+LabUp", "--inventory", "mine", "--kubespray-path", directory.File("distribution")];
        return await new CommandRunner().RunAsync(PrivateMachine.Within(directory, KubeLabProgram.Command(directory.Path, environment, all)));
    }
}
