using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using KubeLab.Bundles;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Bundles;

/// <summary>A bundle served by the real nginx and the real registry, on loopback.</summary>
public sealed class BundleServerTests : IDisposable
{
    private readonly SampleBundle sample = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource ending = new();

    public BundleServerTests()
    {
        foreach (var program in new[] { "nginx", "docker-registry", "skopeo", "start-stop-daemon" })
            Programs.Require(program);
    }

    public void Dispose()
    {
        ending.Dispose();
        http.Dispose();
        sample.Dispose();
    }

    [Fact]
    public async Task Nodes_get_files_and_images_with_their_digests_and_can_write_nothing()
    {
        var bundle = await sample.LoadAsync();
        var options = Options();
        var manifest = $"http://{options.Registry}/v2/calico/node/manifests/v3";

        await ServingAsync(bundle, options, async () =>
        {
            (await http.GetStringAsync($"{options.Files}/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
            (await AskAsync(HttpMethod.Head, $"{options.Files}/dl.example/release/v1.35.5/kubelet")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            var image = await AskAsync(HttpMethod.Head, manifest);
            image.StatusCode.ShouldBe(HttpStatusCode.OK);
            image.Headers.GetValues("Docker-Content-Digest").ShouldBe([bundle.Manifest.Artifacts.Single(each => each.Image is not null).Digest!]);
            (await AskAsync(HttpMethod.Put, manifest)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            var offline = File.ReadAllText(OfflineFile.PathOf(bundle.Path));
            offline.ShouldContain($"files_repo: \"{options.Files}\"");
            offline.ShouldContain("dl_k8s_io_url: \"{{ files_repo }}/dl.example\"");
            offline.ShouldContain($"containerd_insecure_registries: {{\"{options.Registry}\":\"http://{options.Registry}\"}}");
        });

        IsFree(options.Port).ShouldBeTrue();
        IsFree(options.Port + 1).ShouldBeTrue();
    }

    [Fact]
    public async Task A_bundle_that_is_served_is_not_served_twice_and_a_port_that_is_taken_is_left_alone()
    {
        var bundle = await sample.LoadAsync("kubelet");
        var options = Options();

        await ServingAsync(bundle, options, async () =>
        {
            (await Should.ThrowAsync<UserError>(() => Server(bundle, Options()).ServeAsync(() => Task.CompletedTask, ending.Token)))
                .Message.ShouldContain($"is served already by process {Environment.ProcessId}");
            using var other = new SampleBundle();
            var second = new BundleServer(other.Commands, Consoles.Silent(), await other.LoadAsync("kubelet"), options);
            (await Should.ThrowAsync<UserError>(() => second.ServeAsync(() => Task.CompletedTask, ending.Token)))
                .Message.ShouldContain($"Port {options.Port} of 127.0.0.1 is taken");
            (await http.GetStringAsync($"{options.Files}/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
        });
    }

    [Fact]
    public async Task In_the_background_it_goes_on_until_it_is_told_to_stop()
    {
        var bundle = await sample.LoadAsync("kubelet");
        var options = Options();
        try
        {
            await Server(bundle, options).StartAsync(CancellationToken.None);

            (await http.GetStringAsync($"{options.Files}/dl.example/release/v1.35.4/kubelet")).ShouldBe("the kubelet");
            (await Server(bundle, options).IsServedAsync(CancellationToken.None)).ShouldBeTrue();
            (await Server(bundle, Options()).IsServedAsync(CancellationToken.None)).ShouldBeFalse();
            (await Should.ThrowAsync<UserError>(() => Server(bundle, Options()).StartAsync(CancellationToken.None))).Message.ShouldContain("--stop");
        }
        finally
        {
            (await BundleServer.StopAsync(sample.Commands, bundle.Path, CancellationToken.None)).ShouldBeTrue();
        }

        IsFree(options.Port).ShouldBeTrue();
        (await BundleServer.StopAsync(sample.Commands, bundle.Path, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_address_of_another_machine_is_refused()
    {
        var bundle = await sample.LoadAsync("kubelet");
        var options = new ServeOptions(IPAddress.Parse("192.0.2.1"), 8080, null);

        var error = await Should.ThrowAsync<UserError>(() => Server(bundle, options).ServeAsync(() => Task.CompletedTask, ending.Token));

        error.Message.ShouldContain("192.0.2.1 is no address of this machine");
    }

    [Fact]
    public async Task Without_an_address_only_the_network_of_the_lab_may_ask()
    {
        var (bridge, lab) = (IPAddress.Parse("127.0.0.1"), IPNetwork.Parse("192.0.2.0/24"));

        ServeOptions.Of(null, 8080, bridge, lab).ShouldBe(new ServeOptions(bridge, 8080, lab));
        ServeOptions.Of("192.0.2.7", 8080, bridge, lab).Allowed.ShouldBeNull();
        foreach (var address in new[] { "0.0.0.0", "::", "bridge", "192.0.2" })
            Should.Throw<UserError>(() => ServeOptions.Of(address, 8080, bridge, lab)).Message.ShouldContain(address);
        Should.Throw<UserError>(() => ServeOptions.Of(null, 65535, bridge, lab)).Message.ShouldContain("65535");
        var bundle = await sample.LoadAsync("kubelet");
        var options = Options() with { Allowed = lab };
        await ServingAsync(bundle, options, () =>
        {
            File.ReadAllText(Path.Combine(bundle.Path, ".serve/nginx.conf")).ShouldContain("allow 192.0.2.0/24; allow 127.0.0.1; allow 127.0.0.0/8; allow ::1; deny all;");
            return Task.CompletedTask;
        });
    }

    private BundleServer Server(BundleFolder bundle, ServeOptions options) => new(sample.Commands, Consoles.Silent(), bundle, options);

    private async Task ServingAsync(BundleFolder bundle, ServeOptions options, Func<Task> look) =>
        await Server(bundle, options).ServeAsync(
            async () =>
            {
                try
                {
                    await look();
                }
                finally
                {
                    await ending.CancelAsync();
                }
            }, ending.Token);

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string url)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        return await http.SendAsync(request);
    }

    // Two ports next to each other, of which nobody has one.
    internal static ServeOptions Options()
    {
        var port = LoopbackSshd.FreePort();
        while (port > 65000 || !IsFree(port) || !IsFree(port + 1))
            port = LoopbackSshd.FreePort();
        return new ServeOptions(IPAddress.Loopback, port, null);
    }

    internal static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
