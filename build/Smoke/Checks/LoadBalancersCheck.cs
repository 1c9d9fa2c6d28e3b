using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>Every Service that wants an address from outside has one: MetalLB, kube-vip or a cloud gives it.</summary>
public sealed class LoadBalancersCheck : ISmokeCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Id => "load-balancers";
    public string Title => "Services of type LoadBalancer have an address";
    public SmokeArea Area => SmokeArea.System;
    public string Needs => "a Service of type LoadBalancer";

    public async Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) => Judge(
        await context.Api.ListAsync("/api/v1/services", Balanced.Read), context.Time.GetUtcNow());

    internal static SmokeVerdict Judge(IReadOnlyList<Balanced> services, DateTimeOffset now)
    {
        var balanced = services.Where(service => service.IsBalanced).ToList();
        if (balanced.Count == 0)
            return SmokeVerdict.Skip("no Service is of type LoadBalancer");
        var findings = balanced.Where(service => service.Addresses == 0 && now - service.Created > Patience)
            .Select(service => Finding.Fail(
            null, $"{service.Reference} has had no address from outside for {(now - service.Created)?.TotalMinutes:0} min: does MetalLB, "
                + "kube-vip or the cloud's controller run, and has its pool one left?", service.Reference));
        return SmokeVerdict.From($"{balanced.Count} Services of type LoadBalancer have an address, or were just made",
            [.. findings]);
    }

    /// <summary>A Service, as far as its load balancer goes.</summary>
    internal sealed record Balanced(ObjectReference Reference, bool IsBalanced, int Addresses, DateTimeOffset? Created)
    {
        public static Balanced Read(JsonElement item) => new(
            KubeService.Read(item).Reference, item.Text("spec", "type") == "LoadBalancer",
            item.Items("status", "loadBalancer", "ingress").Count(), item.Time("metadata", "creationTimestamp"));
    }
}
