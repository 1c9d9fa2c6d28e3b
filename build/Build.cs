using Nuke.Common;

/// <summary>
/// KubeLab: from a handful of machines to a verified Kubernetes cluster. Each target reads as a sentence and hands over at once;
/// the work lies in the folders beside this file, one a concept.
/// </summary>
sealed partial class Build : NukeBuild
{
    public static int Main() => IsRefused() ? -1 : Execute<Build>(x => x.Deploy);

    Target Deploy => _ => _
        .Description("From the inventory to a cluster that passes its smoke test: all the steps below, in order")
        .DependsOn(InstallCluster, SmokeTest);
}
