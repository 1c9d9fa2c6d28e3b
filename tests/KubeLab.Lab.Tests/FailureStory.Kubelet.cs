namespace KubeLab.Lab.Tests;

// A kubelet that does not run: kubeadm init only knows that it waited in vain.
public partial class FailureStory
{
    // What people do who carry on with flags that the kubelet has lost in between.
    private const string LostFlag = """
        mkdir -p /etc/systemd/system/kubelet.service.d
        printf '[Service]\nExecStart=\nExecStart=/usr/local/bin/kubelet --allow-privileged=true\n' > /etc/systemd/system/kubelet.service.d/20-flags.conf
        systemctl daemon-reload
        """;

    private const string WithoutFlag = """
        rm -r /etc/systemd/system/kubelet.service.d
        systemctl daemon-reload
        systemctl stop kubelet
        """;

    [Fact, Chapter(2)]
    public async Task I_am_told_from_the_kubelets_log_why_kubeadm_init_timed_out()
    {
        LabMachine.SkipUnlessRoot();
        await using var mend = await BreakAsync("k8s-m0", LostFlag, WithoutFlag);

        var run = (await lab.BuildAsync("InstallCluster", "--skip", "--extra-vars", """{"kubeadm_init_timeout": "60s"}""")).ShouldFail();

        var record = LabMachine.LastRecord();
        run.Output.ShouldContain("k8s-m0: kubeadm waited for the control plane in vain: the kubelet refuses its own options");
        run.Output.ShouldMatch(@"From the logs of k8s-m0:\s.*unknown flag: --allow-privileged");
        run.Output.ShouldContain("Take --allow-privileged out of");
        File.ReadAllText(Path.Combine(record, "ansible.log")).ShouldContain("timed out waiting for the condition");
        File.ReadAllText(Path.Combine(record, "k8s-m0.log")).ShouldContain("unknown flag: --allow-privileged");
        ShouldBeExplained(record, "kubeadm-init-timeout", "k8s-m0");
        ShouldBeWhole(record);
    }
}
