using KubeLab.Lifecycle;
using KubeLab.Preflight;
using Nuke.Common;

// What is there of certificates, and until when.
sealed partial class Build
{
    Target Certificates => _ => _
        .Description("Lists every certificate on every node, kubeconfigs' included: days left, issuer, names, who uses it; reads only")
        .DependsOn(InstallRequirements)
        .Executes(() => RecordedAsync(nameof(Certificates), () => ListCertificatesAsync(nameof(Certificates))));

    [Parameter("RenewCertificates: etcd's too, where kubeadm has made them. Default: no")]
    readonly bool EtcdCertificates;

    Target RenewCertificates => _ => _
        .Description("Renews the certificates that kubeadm has made, one control plane after the other, while the others answer")
        .DependsOn(InstallRequirements)
        .Executes(() => RecordedAsync(nameof(RenewCertificates), async () =>
        {
            RefusedLimit.Require(nameof(RenewCertificates), Limit, "with some control planes renewed, others would end sooner");
            TakeLock();
            var current = await Deployment;
            await using var held = await TakeNodeLockAsync(current);
            var variables = await ResolvedAsync(current, [CertificateRenewal.PortVariable]);
            var port = variables.OfCluster(CertificateRenewal.PortVariable);
            var renewal = new CertificateRenewal(Shell, Become, Console, TimeProvider.System, EtcdCertificates)
            { ApiPort = port?.WholeNumber ?? CertificateRenewal.DefaultPort };
            await renewal.RunAsync(current.Inventory.ControlPlane, Interruption);
            // The one that is there was made with the certificate before.
            if (Kubeconfig is null)
                await BringKubeconfigAsync();
            Console.Info("Kubelets renew their own certificates, and the service accounts' keys have stayed as they are.");
            await ListCertificatesAsync(nameof(RenewCertificates));
        }));

    async Task ListCertificatesAsync(string target)
    {
        var started = TimeProvider.System.GetUtcNow();
        var current = await Deployment;
        var prober = new NodeProber(Shell, Cluster.Settings, TimeProvider.System);
        var variables = await ResolvedAsync(current, CertificateProber.Variables);
        var found = new CertificateReport(Cluster.Name, started, await Console.WatchAsync(
            "Asking the nodes for their certificates",
            new CertificateProber(Shell, prober).AskAsync(current.Inventory.Nodes, variables, Interruption)));
        Recorder.Record.Write(CertificateReport.FileName, RecordJson.Write(found.With(Secrets.Mask)));
        new CertificateTable(Console).Show(found);
        var inCluster = current.Inventory.Nodes.Where(node => node.JoinsCluster).Select(node => node.Name).ToList();
        Conclude(JudgedBy(
            target, started, current, found.Judge(Cluster.Settings.Smoke.CertificateReserve, inCluster)));
    }

    // What a target that only looks found, in the form of all that judge.
    PreflightReport JudgedBy(
        string target, DateTimeOffset started, KubeLab.Ansible.Deployment current, IReadOnlyList<Finding> findings) => new()
        {
            Cluster = Cluster.Name,
            Distribution = current.Distribution.Name,
            Target = target,
            StartedAt = started,
            Duration = TimeProvider.System.GetUtcNow() - started,
            Strict = StrictChecks,
            Nodes = [.. current.Inventory.Nodes.Select(node => node.Name)],
            Findings = findings,
        };
}
