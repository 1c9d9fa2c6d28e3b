namespace KubeLab.Bundles;

/// <summary>What serving a bundle needs beside it: configurations, logs, the registry's storage, and who serves it.</summary>
internal sealed class ServeFolder(string bundle)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(bundle, ".serve");

    public string NginxConfiguration => In("nginx.conf");

    public string NginxLog => In("nginx.log");

    public string NginxPid => In("nginx.pid");

    public string RegistryConfiguration => In("registry.yml");

    public string RegistryPid => In("registry.pid");

    private string Owner => In("owner");

    /// <summary>Takes the bundle: one ServeBundle at a time. The system holds the lock, which ends with the process.</summary>
    /// <exception cref="UserError">It is served already.</exception>
    public FileStream Take()
    {
        Directory.CreateDirectory(Path);
        FileStream held;
        try
        {
            held = new FileStream(In("lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            var owner = File.Exists(Owner) ? $" by process {File.ReadAllText(Owner).Trim()}" : "";
            throw new UserError(
                $"The bundle in {bundle} is served already{owner}.", "End that ServeBundle first, with Ctrl+C.", exception);
        }

        if (Running(NginxPid) || Running(RegistryPid))
        {
            held.Dispose();
            throw new UserError(
                $"The bundle in {bundle} is served already, in the background.", "End that first: ServeBundle --stop");
        }

        File.WriteAllText(Owner, $"{Environment.ProcessId}");
        return held;
    }

    /// <summary>Whether of the two programs in the background one has died.</summary>
    public bool IsHalfRunning => Running(NginxPid) != Running(RegistryPid);

    /// <summary>Stops what serves in the background.</summary>
    /// <returns>Whether something did.</returns>
    public async Task<bool> StopAsync(CommandRunner commands, CancellationToken cancellationToken)
    {
        var stopped = false;
        if (!Directory.Exists(Path))
            return false;
        foreach (var (pidFile, program) in new[] { (NginxPid, "nginx"), (RegistryPid, "docker-registry") })
        {
            if (Running(pidFile))
            {
                var stop = CommandLine.Of(
                    "start-stop-daemon", "--stop", "--retry", "TERM/10/KILL/5", "--pidfile", pidFile, "--exec",
                    Which.FindAsRoot(program) ?? program);
                (await commands.RunAsync(stop, cancellationToken: cancellationToken)).EnsureSucceeded($"Stopping {program}");
                stopped = true;
            }

            File.Delete(pidFile);
        }

        return stopped;
    }

    /// <summary>Writes the configurations of both programs.</summary>
    public void WriteConfiguration(ServeOptions options, int registryPort)
    {
        Directory.CreateDirectory(In("tmp"));
        Aside.Write(NginxConfiguration, Nginx(options, registryPort));
        Aside.Write(RegistryConfiguration, $"""
            version: 0.1
            log:
              level: warn
            storage:
              filesystem:
                rootdirectory: {JsonSerializer.Serialize(In("registry"))}
            http:
              addr: 127.0.0.1:{registryPort}

            """);
    }

    // As root nginx's workers would be nobody, who reads no bundle in a home; they only read, and only what is asked for by name.
    private string Nginx(ServeOptions options, int registryPort) => $$"""
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        daemon off;
        worker_processes 2;
        pid {{Quoted(In("nginx.own.pid"))}};
        events { worker_connections 1024; }
        http {
          access_log off;
          server_tokens off;
          default_type application/octet-stream;
          sendfile on;
          client_body_temp_path {{Quoted(In("tmp/body"))}};
          proxy_temp_path {{Quoted(In("tmp/proxy"))}};
          fastcgi_temp_path {{Quoted(In("tmp/fastcgi"))}};
          uwsgi_temp_path {{Quoted(In("tmp/uwsgi"))}};
          scgi_temp_path {{Quoted(In("tmp/scgi"))}};
          {{Allowed(options)}}
          server {
            listen {{new IPEndPoint(options.Address, options.Port)}};
            root {{Quoted(System.IO.Path.Combine(bundle, BundleParts.Files))}};
            location = /{{BundleManifest.FileName}} { root {{Quoted(bundle)}}; }
            location /{{BundleParts.Packages}}/ { root {{Quoted(bundle)}}; }
            location /{{BundleParts.Python}}/ { root {{Quoted(bundle)}}; autoindex on; }
            location /{{BundleParts.Collections}}/ { root {{Quoted(bundle)}}; autoindex on; }
          }
          server {
            listen {{new IPEndPoint(options.Address, options.Port + 1)}};
            location /v2/ {
              limit_except GET { deny all; }
              proxy_set_header Host $http_host;
              proxy_read_timeout 300s;
              proxy_pass http://127.0.0.1:{{registryPort}};
            }
          }
        }

        """;

    private static string Allowed(ServeOptions options) => options.Allowed is not { } network ? ""
        : $"allow {network}; allow {options.Address}; allow 127.0.0.0/8; allow ::1; deny all;";

    private static string Quoted(string path) => $"\"{path.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("$", "\\$")}\"";

    private static bool Running(string pidFile) => File.Exists(pidFile)
        && int.TryParse(File.ReadAllText(pidFile).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && File.Exists($"/proc/{id}/cmdline") && File.ReadAllText($"/proc/{id}/cmdline") is var line
        && (line.Contains("nginx", StringComparison.Ordinal) || line.Contains("docker-registry", StringComparison.Ordinal));

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
