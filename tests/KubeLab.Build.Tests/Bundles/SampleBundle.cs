using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeLab.Ansible;
using KubeLab.Bundles;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Bundles;

/// <summary>A folder to bundle from, and what is to be bundled: two files and an image, all small.</summary>
internal sealed class SampleBundle : IDisposable
{
    public const string Kubelet = "https://dl.example/release/v1.35.4/kubelet";
    public const string Etcd = "https://github.example/etcd/etcd.tar.gz";
    public const string Node = "quay.example/calico/node:v3";

    public SampleBundle()
    {
        Root.Write("from/files/dl.example/release/v1.35.4/kubelet", "the kubelet");
        Root.Write("from/files/github.example/etcd/etcd.tar.gz", "etcd's archive");
        WriteImage(Root.File("from/images/quay.example/calico/node/v3"));
    }

    public TemporaryDirectory Root { get; } = new();

    public string From => Root.File("from");

    public string Bundle => Root.File("bundle");

    public CommandRunner Commands { get; } = new();

    public StringWriter Said { get; } = new();

    public BundleRun Run(string from) => new(Commands, Consoles.Into(Said), TimeProvider.System, BundleSource.Parse(from), Bundle);

    public static BundlePlan Plan(params string[] names)
    {
        var hosts = new[] { "k8s-m0" };
        PlannedDownload[] all =
        [
            new(new Download("kubelet", Kubelet, Sha256("the kubelet"), null, hosts), "files/dl.example/release/v1.35.4/kubelet", null, true),
            new(new Download("etcd", Etcd, null, null, hosts), "files/github.example/etcd/etcd.tar.gz", null, true),
            new(new Download("calico_node", null, null, Node, hosts), "images/quay.example/calico/node/v3", "calico/node:v3", true),
        ];
        var downloads = all.Where(each => names.Length == 0 || names.Contains(each.Download.Name, StringComparer.Ordinal)).ToList();
        var offline = new Dictionary<string, JsonElement>(StringComparer.Ordinal)
        {
            ["dl_k8s_io_url"] = JsonSerializer.SerializeToElement("{{ files_repo }}/dl.example"),
            ["containerd_insecure_registries"] = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["{{ registry_host }}"] = "http://{{ registry_host }}" }),
        };
        return new BundlePlan(
            "kubespray v2.31.0", "tree", TargetSystem.Of("debian-12", "amd64", "a test"),
            new DownloadList(68, [.. downloads.Select(each => each.Download)], ["socat"], "1.35.4"), downloads, offline);
    }

    public async Task<BundleFolder> LoadAsync(params string[] names) => await Run(From).LoadAsync(Plan(names), ["files", "images"]);

    public static string Sha256(string text) => $"sha256:{Hex(text)}";

    /// <summary>An image of one layer, as skopeo's dir: has it.</summary>
    public static void WriteImage(string folder)
    {
        Directory.CreateDirectory(folder);
        const string layer = "no archive, but nobody unpacks it here";
        var configuration = JsonSerializer.Serialize(new { architecture = "amd64", os = "linux", rootfs = new { type = "layers", diff_ids = new[] { Sha256(layer) } } });
        File.WriteAllText(Path.Combine(folder, Hex(layer)), layer);
        File.WriteAllText(Path.Combine(folder, Hex(configuration)), configuration);
        object Blob(string type, string text) => new { mediaType = $"application/vnd.oci.image.{type}", digest = Sha256(text), size = Encoding.UTF8.GetByteCount(text) };
        File.WriteAllText(Path.Combine(folder, "manifest.json"), JsonSerializer.Serialize(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            config = Blob("config.v1+json", configuration),
            layers = new[] { Blob("layer.v1.tar", layer) },
        }));
        File.WriteAllText(Path.Combine(folder, "version"), "Directory Transport Version: 1.1\n");
    }

    public void Dispose() => Root.Dispose();

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
