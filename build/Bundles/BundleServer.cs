using System.Net.Http;
using System.Net.Sockets;

namespace KubeLab.Bundles;

/// <summary>Where a bundle is served.</summary>
/// <param name="Address">The address of this machine.</param>
/// <param name="Port">The port of the files; the registry has the next one.</param>
/// <param name="Allowed">The network that alone may ask; null for whoever reaches the address.</param>
public sealed record ServeOptions(IPAddress Address, int Port, IPNetwork? Allowed)
{
    /// <summary>Where files are asked for.</summary>
    public string Files => $"http://{new IPEndPoint(Address, Port)}";

    /// <summary>The registry, as images name it.</summary>
    public string Registry => $"{new IPEndPoint(Address, Port + 1)}";

    /// <summary>Reads what a user names.</summary>
    /// <param name="address">The address; null for the lab's bridge, which the lab's network alone may ask.</param>
    /// <exception cref="UserError">It is no address, or no port.</exception>
    public static ServeOptions Of(string? address, int port, IPAddress bridge, IPNetwork lab)
    {
        if (port is < 1 or > 65534)
            throw new UserError($"--port {port} is no port that has a next one.", "Name one from 1 to 65534.");
        if (address is null)
            return new ServeOptions(bridge, port, lab);
        return Subnet.TryParseAddress(address, out var own) && !own.Equals(IPAddress.Any) && !own.Equals(IPAddress.IPv6Any)
            ? new ServeOptions(own, port, null)
            : throw new UserError(
                $"--address {address} is no address that nodes could ask.", "Name one of this machine's, as 192.0.2.1.");
    }
}

/// <summary>
/// Serves a bundle with nginx and docker-registry, which it starts and stops. The registry listens on the loopback alone; nginx
/// stands before it, lets read and not write, and only those who may.
/// </summary>
public sealed class BundleServer(CommandRunner commands, ConsoleLog log, BundleFolder bundle, ServeOptions options)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);
    private static readonly IReadOnlyList<string> Programs = ["nginx", "docker-registry", "skopeo"];

    private readonly ServeFolder folder = new(bundle.Path);

    /// <summary>Serves until it is interrupted.</summary>
    /// <param name="onServing">Is told once everything is there.</param>
    /// <exception cref="UserError">It can't be served, or one of the programs ended by itself.</exception>
    public async Task ServeAsync(Func<Task> onServing, CancellationToken cancellationToken)
    {
        RequirePrograms();
        using var held = folder.Take();
        RequirePorts();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        folder.WriteConfiguration(options, RegistryPort());
        var registry = commands.RunToLimitAsync(Registry(), cancellationToken: ending.Token);
        var nginx = commands.RunToLimitAsync(Nginx(), cancellationToken: ending.Token);
        try
        {
            await StartedAsync([registry, nginx], cancellationToken);
            WriteOffline();
            await onServing();
            var ended = await await Task.WhenAny(registry, nginx);
            throw Ended(ended);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.Info("Nothing is served any more.");
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(Quietly(registry), Quietly(nginx));
        }
    }

    /// <summary>Serves in the background, until <see cref="StopAsync"/>.</summary>
    /// <exception cref="UserError">It can't be served.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RequirePrograms();
        // What is left where one of the two has died serves nobody.
        if (folder.IsHalfRunning)
            await folder.StopAsync(commands, cancellationToken);
        using var held = folder.Take();
        RequirePorts();
        folder.WriteConfiguration(options, RegistryPort());
        try
        {
            foreach (var (command, pidFile) in new[] { (Registry(), folder.RegistryPid), (Nginx(), folder.NginxPid) })
            {
                var start = CommandLine.Of(
                    "start-stop-daemon",
                    [
                        "--start", "--background", "--make-pidfile", "--pidfile", pidFile,
                        "--exec", Which.FindAsRoot(command.Program)!, "--", .. command.Arguments,
                    ]);
                var started = await commands.RunAsync(start, cancellationToken: cancellationToken);
                started.EnsureSucceeded($"Starting {command.Program}");
            }

            await StartedAsync([], cancellationToken);
            WriteOffline();
        }
        catch
        {
            // What did not come up whole is not left behind.
            await folder.StopAsync(commands, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Whether this very bundle is served there already, whoever does it.</summary>
    public async Task<bool> IsServedAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            var served = await http.GetByteArrayAsync($"{options.Files}/{BundleManifest.FileName}", cancellationToken);
            var own = await File.ReadAllBytesAsync(Path.Combine(bundle.Path, BundleManifest.FileName), cancellationToken);
            using var registry = await http.GetAsync($"http://{options.Registry}/v2/", cancellationToken);
            return registry.IsSuccessStatusCode && served.AsSpan().SequenceEqual(own);
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Stops what serves in the background.</summary>
    /// <returns>Whether something did.</returns>
    public static Task<bool> StopAsync(CommandRunner commands, string bundle, CancellationToken cancellationToken) =>
        new ServeFolder(bundle).StopAsync(commands, cancellationToken);

    /// <summary>Whether an address is one of this machine's.</summary>
    public static bool IsOwn(IPAddress address)
    {
        try
        {
            using var listener = new TcpListener(address, 0);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void RequirePrograms()
    {
        var missing = Programs.Where(program => Which.FindAsRoot(program) is null).ToList();
        var packages = missing.Select(each => each == "nginx" ? "nginx-light" : each);
        if (missing.Count > 0)
            throw new UserError(
                $"A bundle is served with {string.Join(", ", Programs)}, and {string.Join(", ", missing)} isn't installed here.",
                $"On Debian and Ubuntu: apt-get install --no-install-recommends {string.Join(' ', packages)}");
    }

    // A port that is taken is somebody else's, and stays so.
    private void RequirePorts()
    {
        if (!IsOwn(options.Address))
            throw new UserError(
                $"{options.Address} is no address of this machine.",
                "Name one with --address; the lab's bridge is there once LabUp has made it.");
        foreach (var port in new[] { options.Port, options.Port + 1 })
        {
            try
            {
                using var listener = new TcpListener(options.Address, port);
                listener.Start();
            }
            catch (SocketException exception)
            {
                throw new UserError(
                    $"Port {port} of {options.Address} is taken, perhaps by another ServeBundle: {exception.Message}",
                    $"Name another with --port ({options.Port} is for files and {options.Port + 1} for images), or end what has it (ss -ltnp shows it).",
                    exception);
            }
        }
    }

    private int registryPort;

    private int RegistryPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return registryPort = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private CommandLine Nginx() => CommandLine.Of(
        "nginx", "-p", folder.Path, "-e", folder.NginxLog, "-c", folder.NginxConfiguration) with
    { Timeout = Timeout.InfiniteTimeSpan };

    private CommandLine Registry() => CommandLine.Of("docker-registry", "serve", folder.RegistryConfiguration) with
    { Timeout = Timeout.InfiniteTimeSpan, MaxOutput = 64 * 1024 };

    // Images go in before nginx is asked for one: what answers is whole.
    private async Task StartedAsync(IReadOnlyList<Task<CommandResult>> running, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        await AnsweringAsync(http, $"http://127.0.0.1:{registryPort}/v2/", running, cancellationToken);
        await FillAsync(http, cancellationToken);
        await AnsweringAsync(http, $"http://{options.Registry}/v2/", running, cancellationToken);
        await AnsweringAsync(http, $"{options.Files}/{BundleManifest.FileName}", running, cancellationToken);
    }

    private async Task AnsweringAsync(
        HttpClient http, string url, IReadOnlyList<Task<CommandResult>> running, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (running.FirstOrDefault(task => task.IsCompleted) is { } ended)
                throw Ended(await ended);
            try
            {
                using var response = await http.GetAsync(url, cancellationToken);
                if (response.IsSuccessStatusCode)
                    return;
                if (TimeProvider.System.GetElapsedTime(started) > StartLimit)
                    throw new UserError(
                        $"{url} answers {(int)response.StatusCode} {response.ReasonPhrase}.", $"See {folder.NginxLog}");
            }
            catch (HttpRequestException exception) when (TimeProvider.System.GetElapsedTime(started) > StartLimit)
            {
                throw new UserError($"{url} gives no answer: {exception.Message}", $"See {folder.NginxLog}", exception);
            }
            catch (HttpRequestException)
            {
                // It is not up yet.
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private async Task FillAsync(HttpClient http, CancellationToken cancellationToken)
    {
        foreach (var image in bundle.Manifest.Artifacts.Where(artifact => artifact.Image is not null))
        {
            if (await HasAsync(http, image, cancellationToken))
                continue;
            var copy = CommandLine.Of(
                "skopeo",
                [
                    "copy", "--quiet", "--preserve-digests", .. image.Image!.Contains('@') ? ["--all"] : Array.Empty<string>(),
                    "--dest-tls-verify=false", $"dir:{Path.Combine(bundle.Path, image.Path)}",
                    $"docker://127.0.0.1:{registryPort}/{image.Image}",
                ]) with
            { Timeout = TimeSpan.FromMinutes(10) };
            var result = await commands.RunToLimitAsync(copy, cancellationToken: cancellationToken);
            if (!result.Succeeded)
                throw new UserError(
                    $"{image.Source} could not be put into the registry: {SkopeoSaid.Of(result)}",
                    $"The image lies in {image.Path}.");
        }
    }

    private async Task<bool> HasAsync(HttpClient http, BundledArtifact image, CancellationToken cancellationToken)
    {
        var at = image.Image!.IndexOf('@');
        var colon = at > 0 ? at : image.Image.LastIndexOf(':');
        using var request = new HttpRequestMessage(
            HttpMethod.Head, $"http://127.0.0.1:{registryPort}/v2/{image.Image[..colon]}/manifests/{image.Image[(colon + 1)..]}");
        foreach (var type in ManifestTypes)
            request.Headers.Accept.ParseAdd(type);
        using var response = await http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode && response.Headers.TryGetValues("Docker-Content-Digest", out var digests)
            && digests.Contains($"sha256:{image.Sha256}");
    }

    // OCI's and Docker's, for one architecture and for several.
    private static readonly IReadOnlyList<string> ManifestTypes =
    [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json",
    ];

    private void WriteOffline() => OfflineFile.Write(bundle, options);

    private UserError Ended(CommandResult result) => new(
        $"{result.Command.Program} ended with exit code {result.ExitCode}: {PlainText.Line(LastWords(result))}",
        $"Its configuration and log are in {folder.Path}.");

    private string LastWords(CommandResult result) =>
        result.StandardError.Trim() is { Length: > 0 } said ? said.Split('\n')[^1]
        : File.Exists(folder.NginxLog) ? File.ReadLines(folder.NginxLog).LastOrDefault() ?? "" : "";

    private static async Task Quietly(Task<CommandResult> running)
    {
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // As it was meant to.
        }
    }
}
