namespace KubeLab.Preflight;

/// <summary>Every node has a product UUID of its own, as kubeadm's documentation asks for. In a container it is the host's, and isn't judged.</summary>
internal sealed class ProductUuidsRule() : ClusterRule("product-uuids", "Product UUIDs", RuleStage.Nodes)
{
    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (!scene.Answered.Any(each => each.Facts.ProductUuid is not null))
            return [Skip(null, "no node shows one: containers have none, and only root may read it")];
        return Duplicates.Among(scene, (_, facts) => facts.ProductUuid).Judge(
            twins => Warn(
                null,
                $"{twins.Nodes} have the same product UUID; Kubernetes may take them for one machine",
                "Give each virtual machine a UUID of its own in its hypervisor.") with
            {
                Source = "kubernetes.io, Installing kubeadm: unique product_uuid for every node",
            },
            () => Pass(null, "every node that answered has one of its own"));
    }
}
