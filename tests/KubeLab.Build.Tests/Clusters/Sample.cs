using KubeLab.Clusters;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Clusters;

/// <summary>A cluster as a test's folder holds it.</summary>
internal static class Sample
{
    public static Cluster Cluster(TemporaryDirectory directory, ClusterSettings? settings = null) => new(
        "mycluster", directory.Path, directory.File("inventory.ini"), settings ?? new ClusterSettings(), directory.File("artifacts/mycluster"));
}
