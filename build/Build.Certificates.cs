using KubeLab.Preflight;
using Nuke.Common;

// What is there of certificates, and until when.
sealed partial class Build
{
    Target Certificates => _ => _
        .Description("Lists every certificate on every node, kubeconfigs' included: days left, issuer, names, who uses it; reads only")
        .DependsOn(InstallRequirements)
        .Executes(() => RecordedAsync(nameof(Certificates), async () =>
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
                nameof(Certificates), started, current, found.Judge(Cluster.Settings.Smoke.CertificateReserve, inCluster)));
        }));

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
