using KubeLab.Runs;
using Nuke.Common;

/// <summary>
/// KubeLab: from a handful of machines to a verified Kubernetes cluster. Each target reads as a sentence and hands over at once;
/// the work lies in the folders beside this file, one a concept.
/// </summary>
sealed partial class Build : NukeBuild
{
    const string CostsNothing = "it is never left out, and costs nothing where nothing is to do";
    const string LooksAtNow = "it looks at what is there now, and is never left out";

    public static int Main() => IsRefused() ? -1 : Execute<Build>(x => x.Deploy);

    Target Deploy => _ => _
        .Description("From the inventory to a cluster that passes its smoke test: all the steps below, in order")
        .DependsOn([.. DeploySteps.Select(each => each.Target)]);

    // Deploy's order: what it depends on, what Preview shows, and what --resume goes by.
    IReadOnlyList<(Target Target, DeployStep Step)> DeploySteps =>
    [
        (FetchDistribution, new DeployStep(nameof(FetchDistribution), CostsNothing)),
        (InstallRequirements, new DeployStep(nameof(InstallRequirements), CostsNothing)),
        (ValidateInventory, new DeployStep(nameof(ValidateInventory), IsServerBuild ? "on CI validation is never left out" : null)),
        (LabUp, new DeployStep(nameof(LabUp), CostsNothing)),
        (ValidateNodes, new DeployStep(nameof(ValidateNodes), LooksAtNow)),
        (InstallCluster, new DeployStep(nameof(InstallCluster), BeginsLate: true)),
        (FetchKubeconfig, new DeployStep(nameof(FetchKubeconfig), CostsNothing)),
        (SmokeTest, new DeployStep(nameof(SmokeTest), LooksAtNow)),
    ];
}
