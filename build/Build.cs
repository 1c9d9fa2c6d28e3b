using System.Reflection;
using KubeLab.Runs;
using Nuke.Common;

/// <summary>KubeLab: from a handful of machines to a verified Kubernetes cluster. Each target reads as a sentence and hands over
/// at once; the work lies in the folders beside this file, one a concept.</summary>
sealed partial class Build : NukeBuild
{
    const string CostsNothing = "it is never left out, and costs nothing where nothing is to do";
    const string LooksAtNow = "it looks at what is there now, and is never left out";

    public static int Main()
    {
        if (IsRefused(VerifyCommandLine))
            return -1;
        UnixFile.LetOthersWriteNothing();
        if (AsksForSsh)
            engineOutput = new EngineOutput();
        return Execute<Build>(x => x.Deploy);
    }

    Target Deploy => _ => _
        .Description("From the inventory to a cluster that passes its smoke test: all the steps below, in order")
        .DependsOn([.. DeploySteps.Select(step => TargetOf(step))]);

    // Deploy's order: what it depends on, what the help and Preview show, and what --resume goes by.
    static IReadOnlyList<DeployStep> DeploySteps => [
        new(nameof(FetchDistribution), CostsNothing),
        new(nameof(InstallRequirements), CostsNothing),
        new(nameof(LabUp), CostsNothing),
        new(nameof(UseBundle), CostsNothing),
        new(nameof(ValidateInventory)),
        new(nameof(ValidateNodes), LooksAtNow),
        new(nameof(InstallCluster), BeginsLate: true),
        new(nameof(FetchKubeconfig), CostsNothing),
        new(nameof(SmokeTest), LooksAtNow),
    ];

    Target TargetOf(DeployStep step) =>
        (Target)GetType().GetProperty(step.Target, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(this)!;
}
