using KubeLab.Ansible;
using KubeLab.Kubeconfigs;
using Nuke.Common;

// The playbook, and the kubeconfig that it leaves.
sealed partial class Build
{
    bool hasInstalled;

    Target InstallCluster => _ => _
        .Description("Runs the distribution's cluster.yml")
        .DependsOn(ValidateNodes)
        .OnlyWhenDynamic(() => ClusterIsUnproven)
        .Executes(() => RecordedAsync(nameof(InstallCluster), async () =>
        {
            TakeLock();
            var playbook = await PlaybookAsync();
            await playbook.RunAsync("cluster.yml", await Nodes, PlaybookOptions, Interruption);
            hasInstalled = true;
        }));

    Target FetchKubeconfig => _ => _
        .Description("Writes artifacts/<cluster>/admin.conf, readable by you alone")
        .DependsOn(InstallRequirements)
        .After(InstallCluster)
        .OnlyWhenStatic(() => Kubeconfig == null)
        .Executes(() => RecordedAsync(
            nameof(FetchKubeconfig), async () => await new KubeconfigFetcher(Shell, Console).FetchAsync(Cluster, await Nodes, Interruption)));

    PlaybookOptions PlaybookOptions => new() { Limit = Limit, Tags = Tags, SkipTags = SkipTags, ExtraVariables = ExtraVars };
}
