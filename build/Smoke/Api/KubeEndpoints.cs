using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>The addresses behind a Service.</summary>
/// <param name="Name">The Service's name.</param>
/// <param name="Ready">The addresses that take requests, each with the node it lies on where that is known.</param>
/// <param name="NotReady">How many addresses wait for their pod to be ready.</param>
public sealed record KubeEndpoints(string Name, IReadOnlyList<KubeEndpoint> Ready, int NotReady)
{
    /// <summary>Reads an Endpoints object of the API.</summary>
    public static KubeEndpoints Read(JsonElement endpoints) => new(
        endpoints.Text("metadata", "name") ?? "",
        [
            .. endpoints.Items("subsets").SelectMany(subset => subset.Items("addresses")
                .Select(address => new KubeEndpoint(address.Text("ip") ?? "", address.Text("nodeName")))),
        ],
        endpoints.Items("subsets").Sum(subset => subset.Items("notReadyAddresses").Count()));
}
