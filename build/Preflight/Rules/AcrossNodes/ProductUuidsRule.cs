namespace KubeLab.Preflight;

/// <summary>Every node has its own product UUID, as kubeadm's documentation asks; in a container it isn't judged.</summary>
internal sealed class ProductUuidsRule() : TwinsRule("product-uuids", "Product UUIDs")
{
    public override IEnumerable<Finding> Judge(PreflightContext scene) =>
        scene.Answered.All(each => each.Facts.ProductUuid is null)
        ? [Skip("no node shows one: containers have none, and only root may read it")]
        : Judge(
            scene,
            (_, facts) => facts.ProductUuid,
            "kubernetes.io, Installing kubeadm: unique product_uuid for every node",
            twins => Warn(
                $"{twins.Nodes} have the same product UUID; Kubernetes may take them for one machine",
                "Give each virtual machine a UUID of its own in its hypervisor."));
}
