using KubeLab.Ansible;
using KubeLab.Bundles;
using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Lab;
using KubeLab.Lifecycle;
using KubeLab.Preflight;
using KubeLab.Records;
using KubeLab.Runs;
using KubeLab.Smoke;
using KubeLab.Ssh;
using KubeLab.Status;
using KubeLab.Tests.Machines;
using KubeLab.Variables;
using KubeLab.Yaml;
using YamlDotNet.Core;

namespace KubeLab.Tests.Fuzz;

/// <summary>Every parser of what others wrote: it reads it, or says what is wrong with it, and never breaks off.</summary>
public sealed class ParserTests : IDisposable
{
    private const string Inventory = """{"_meta": {"hostvars": {"k8s-m0": {"ansible_host": "192.0.2.10", "ip": 4}}}, "all": {"children": ["kube_node", "etcd"]}, "kube_node": {"hosts": ["k8s-m0"]}}""";
    private const string Vars = "---\n# why\nkube_version: v1.33.1\nlist:\n  - a: \"1\"\n    b: |\n      x\n  - {c: d, e: [f, g]}\nsecret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\nanchor: &x {a: 1}\nuse: *x\n";
    private const string Ini = "[all]\nk8s-m0 ansible_host=192.0.2.10 a='b c'\nn[0:3] x=1\n[kube_node:children]\na\n[all:vars]\nx = \"{{ y }}\"\n";
    private const string Listing = "\nplaybook: cluster.yml\n\n  play #1 (all): Check\tTAGS: [always]\n    pattern: ['all']\n    hosts (2):\n      k8s-m0\n      k8s-n0\n    tasks:\n      role : Do it\tTAGS: [a, b]\n";
    private const string Kubeconfig = "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster: {server: 'https://192.0.2.10:6443', certificate-authority-data: QQ==}\nusers:\n- name: b\n  user: {token: abc, client-key-data: QQ==}\ncontexts:\n- name: c\n  context: {cluster: a, user: b}\ncurrent-context: c\n";
    private const string Pod = """{"metadata": {"name": "a", "namespace": "b", "ownerReferences": [{"kind": "DaemonSet", "name": "x"}], "creationTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"nodeName": "n", "containers": [{"name": "c"}]}, "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [{"name": "c", "restartCount": 1, "state": {"waiting": {"reason": "x"}}}]}}""";
    private const string Said = "fatal: [k8s-n1]: FAILED! => {\"changed\": false, \"msg\": \"Failed to connect to https://192.0.2.9:6443: Connection refused\"}\nE: Unable to fetch http://deb.debian.org/x.deb 404 Not Found [IP: 192.0.2.1 80]\nerror execution phase preflight: [preflight] x";
    private const string Event = """{"event": "result", "time": 2.5, "task": "role : Do it", "path": "/x.yml:1", "host": "k8s-m0", "status": "failed", "seconds": 1, "failure": {"msg": "No space left on device", "cmd": ["kubeadm", "init"], "rc": 1, "stderr": "x"}, "module": "command"}""";
    private const string Yaml = "distribution: kubespray\nkubespray: {version: v2.31.0}\nssh:\n  user: ops\n  connect_timeout: 10s\npreflight: {skip: [swap]}\n";
    private const string NodeLog = "== now\n2026-01-01T00:00:10+00:00\n== unit kubelet active\n2026-01-01T00:00:09+0000 n kubelet[1]: E0101 00:00:09.1 x.go:1] \"failed\" err=\"x\"\n== file /var/log/x\n2026-01-01T00:00:08Z stderr F {\"level\":\"fatal\",\"msg\":\"x\"}\n";

    private static readonly BackupManifest Manifest = new(
        "mine", "0123", default, "kubespray v2.31.0", null, null, "k8s-m0", new System.Version(3, 5, 10), null, null, new EtcdSnapshot(1, 2, 3, 4, "", "etcdctl"), [], []);

    private static readonly Dictionary<string, (string[] Samples, Action<string> Parse)> Parsers = new(StringComparer.Ordinal)
    {
        ["client-log"] = (["1 answered\n2 lost\n"], text => ClientRequest.ReadAll(text)),
        ["disturbed-node"] = (["kubelab boot a b\nkubelab done\n"], text => DisturbedNodes.Read(text)),
        ["inventory"] = ([Inventory], text => InventoryParser.Parse("x", text)),
        ["settings"] = ([Yaml], text => new SettingsBinder(SettingsFile.Parse(text, "x", "/x")).Bind()),
        ["variables"] = ([Vars], text => YamlOutline.Read(new StringReader(text), "x")),
        ["extra-variables"] = ([Vars, Inventory], text => { ExtraVariables.Written(text); SecretSources.OfExtraVariables(text).ToList(); }
        ),
        ["vaulted-file"] = ([Vars], text => SecretSources.OfEncryptedFile(text).ToList()),
        ["event"] = ([Event], text => PlaybookEvent.Parse(text)),
        ["failure"] = ([Event], text =>
        {
            foreach (var failure in FailureReader.Read([.. text.Split('\n').Select(PlaybookEvent.Parse).OfType<PlaybookEvent>()], text.Split('\n'), 2))
                DoingReader.Of(failure, text);
        }
        ),
        ["output"] = ([Said], text => FailureReader.Read([], text.Split('\n'), 2)),
        ["servers"] = ([Said], text => ServerReader.In(text)),
        ["node-log"] = ([NodeLog], text => NodeLogReader.Read("n", text, TimeSpan.FromHours(1), "kubelet")),
        ["download-answer"] = (["{\"url\": \"http://192.0.2.1/x\", \"status\": 404, \"reason\": \"x\"}"], text => DownloadLookup.Read(text)),
        ["listing"] = ([Listing], text => PlaybookListing.Parse(text, CommandLine.Of("x"))),
        ["host-limit"] = ([Listing], text => HostLimit.Parse(text)),
        ["inventory-warnings"] = (["[WARNING]: Found both group and host with same name: x\n [WARNING]: y\n"], text => InventoryWarnings.Of(text).ToList()),
        ["resolved-download"] = (["192.0.2.10 | SUCCESS => {\"msg\": {\"url\": \"http://192.0.2.1/x\", \"dest\": \"/tmp/x\"}}"], text => DownloadResolver.Read(text)),
        ["kubeconfig"] = ([Kubeconfig], text => { ForeignKubeconfig.Check(text, "x"); KubeLab.Kubernetes.Kubeconfig.ServerOf(text, "x"); }
        ),
        ["kube-access"] = ([Kubeconfig, "{\"clusters\": [{\"cluster\": {\"server\": \"https://192.0.2.1\"}}]}"], text => KubeAccess.Parse(text)),
        ["etcd-store"] = (["[{\"Endpoint\": \"https://192.0.2.1:2379\", \"Status\": {\"version\": \"3.5.1\", \"dbSize\": 100, \"dbSizeInUse\": 9}}]", "etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.008\"} 3\netcd_disk_wal_fsync_duration_seconds_bucket{le=\"+Inf\"} 4\n"], text => { EtcdStatus.ReadList(text); EtcdFsync.Read(text); }
        ),
        ["node-content"] = (["\nM begin 1\nfile /a\nYWJj\n\nM end 1 14\n\nM begin 2\npackages dpkg\nii a 1\nhi b:amd64 2\n\nM end 2 32\n\nM begin 3\nmemory\nMemTotal: 9 kB\n\nM end 3 23\nM done 3\n"], text => NodeContent.Parse(text, "M")),
        ["release-files"] = (["kubelab-rehearsal {\"written\": {\"host\": \"m1\", \"dest\": \"/a\", \"content\": \"x\", \"notifies\": [], \"file\": \"/f\", \"line\": 1, \"name\": \"n\"}}\nkubelab-rehearsal {\"done\": \"the end\"}\n"], text => ReleaseFiles.Parse(text, "why")),
        ["gathered-facts"] = (["m1 | SUCCESS => {\n    \"ansible_facts\": {\"ansible_fqdn\": \"m1\"},\n    \"changed\": false\n}\n"], text => FactGatherer.Read(text)),
        ["yaml-entries"] = ([Vars, Yaml], text => YamlEntries.All(text)),
        ["difference"] = ([Vars, Yaml], text => LineDifference.Of(text, Vars).ToList().ForEach(line => SecretLine.Withhold(line))),
        ["etcd-answer"] = (["[{\"Endpoint\": \"https://192.0.2.1:2379\", \"Status\": {\"header\": {\"member_id\": 1}, \"version\": \"3.5.1\"}}]"], text => EtcdSurvey.Read("n", text)),
        ["backup-told"] = (["uid=0123\netcd=3.5.10\nhash=12\nrevision=34\nkeys=5\nsize=6\nsha256=ab\ntool=etcdutl\nauthority=cd\nend=1\n"], text => _ = Told.Read(text)?.Snapshot),
        ["drill-told"] = (["key=/registry/secrets/a/b\nkey=/registry/apps/x\nrevision=3\nsecret=a/b\nform=k8s:enc:aescbc:\nuid=0123\ndecrypted=yes\nread.secrets=1\nadmin=0123\nend=1\n"],
            text => _ = Told.Read(text) is { } told ? DrillReport.Of("", Manifest, "k8s-m0", told, told, text.Split('\n'), null, null, default, true).Findings(default) : null),
        ["artifact-answers"] = (["m 0 there\nm 1 page text/html\nm end 2\n"], text => ArtifactAnswers.Parse(text, "m", [])),
        ["disk-measure"] = (["m synced 500 0.001234 done\n", "m failed no room done\n"], text => DiskMeasureParser.Parse(text, "m")),
        ["connectivity"] = (["mlisten 6443 open\nmreach 192.0.2.1 443 ok\nmway 192.0.2.2 0.001 0 10\nmend 3\n"], text => ConnectivityParser.Parse(text, "m")),
        ["certificates"] = (["\nm begin 1\nuser given\nm end 1 11\n\nm begin 2\nkubeconfig /etc/kubernetes/admin.conf\n    client-certificate-data: QQ==\nm end 2 80\nm done 2\n"], text => NodeCertificates.Parse("n", text, "m")),
        ["rehearsal"] = (["kubelab-rehearsal {\"at\": {\"file\": \"/x.yml\", \"line\": 3, \"name\": \"Stop\"}}\nkubelab-rehearsal {\"task\": {\"file\": \"/x.yml\", \"line\": 3, \"name\": \"Stop\", \"action\": \"assert\", \"once\": false, \"registers\": false, \"passed\": [\"a\"], \"skipped\": [], \"failed\": [], \"unknown\": [{\"host\": \"b\", \"reason\": \"x\", \"kind\": \"never\"}]}}\nkubelab-rehearsal {\"done\": \"x\"}\n"], text => Rehearsal.Parse(text, 1, "x")),
        ["template-answer"] = (["{\"host\": \"k8s-m0\", \"answers\": [{\"value\": 1}, {\"error\": \"x\"}]}"], text => TemplateEvaluator.ReadLine(text)),
        ["downloads"] = (["msg: kubelab:k8s-m0:eyJldGNkIjogeyJ1cmwiOiAiaHR0cDovLzE5Mi4wLjIuMS94IiwgImVuYWJsZWQiOiB0cnVlfX0=:kubelab\n"], text => DownloadLister.Read(text)),
        ["metrics"] = (["# HELP x\napiserver_request_total{code=\"200\"} 1\napiserver_requested_deprecated_apis{group=\"policy\",removed_release=\"1.25\",resource=\"x\",version=\"v1beta1\"} 1\nprocess_start_time_seconds 1.6e+09\n"], text => DeprecatedRequests.Read("n", text)),
        ["versions"] = (["{\"gitVersion\": \"v1.33.1\", \"items\": [{\"metadata\": {\"name\": \"n\"}, \"status\": {\"nodeInfo\": {\"kubeletVersion\": \"v1.33.1\"}}}]}"], text => RunningVersions.Parse(text, text)),
        ["bundle-source"] = (["/srv/parts", "https://192.0.2.1/mirror", "file:///x"], text => BundleSource.Parse(text)),
        ["new-cluster"] = (["node1=192.0.2.11", "ops@192.0.2.12:2222"], text => NewClusterPlan.Parse("x", [text], 1)),
        ["agent-answer"] = (["a ok 12 10.0.0.1 x\n"], text => AgentAnswer.Parse(text)),
        ["known-hosts"] = (["192.0.2.10 ssh-ed25519 AAAA\n|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|x= ssh-rsa BBBB\n@cert-authority * ssh-ed25519 C\n"], text => { HostKey.Parse(text); foreach (var line in text.Split('\n')) HostKey.Parse(line); }
        ),
        ["ssh-G"] = (["hostname 192.0.2.10\nuser root\nport 22\nidentityfile ~/.ssh/x\nproxyjump none\n"], text => EffectiveConnection.Read(text)),
        ["ssh-error"] = (["root@192.0.2.10: Permission denied (publickey).\nkex_exchange_identification: x\n@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\n"], text => SshFailureReader.Read(Nodes.Node("k8s-m0", []), text)),
        ["preparation"] = (["sudo=free\npython=3.11\nmodes=0700 0600\n"], text => PreparationAnswer.Parse(text)),
        ["node-facts"] = ([SampleText("debian-13-minimal")], text => NodeFactsParser.Parse(text, "x")),
        ["os-release"] = (["ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='x'\n"], text => OsReleaseParser.Parse(text.Split('\n'))),
        ["file-systems"] = (["stat 1 4096 100 50 40 1000 900 /var/lib\n"], text => FileSystemParser.Parse(text.Split('\n'))),
        ["git-status"] = (["# branch.oid 0123\n# branch.head x\n1 .M N... 100644 100644 100644 a b cluster.yml\n2 R. N... 1 1 1 a b R100 x\ty\n"], text => GitTree.Parse(text)),
        ["git-tags"] = (["0123\trefs/tags/v2.31.0\n4567\trefs/tags/v2.31.0^{}\n"], text => OfferedVersions.ParseTags(text)),
        ["kubernetes-version"] = (["v1.33.1", "1.20.2+x"], text => KubernetesVersions.Parse(text)),
        ["mounts"] = (["36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw\n"], text => MountTable.Parse(text)),
        ["routes"] = (["default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.10 metric 100\n"], text => Route.Parse(text)),
        ["lxc"] = (["Name: x\nState: RUNNING\nPID: 12\nIP: 192.0.2.1\n"], text => LxcState.Parse(text)),
        ["shell-words"] = (["-o ProxyCommand='ssh -W %h:%p x' -J \"a b\" \\x"], text =>
        {
            try
            {
                ShellWords.Split(text);
            }
            catch (FormatException)
            {
                // What a shell refuses, too.
            }
        }
        ),
        ["mask"] = ([Said, Kubeconfig, "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY----- http://a:b@192.0.2.1 Bearer eyJ0 --token abcdef.0123456789abcdef"], text => new SecretMask().Mask(text)),
        ["shown"] = ([Said, "\e]8;;x\e\\::error::##vso[x]"], text => { PlainText.Of(text); PlainText.Line(text); MarkdownText.Inline(text); ConsoleLog.Inert(text); }
        ),
    };

    // Those that read a file.
    private static readonly Dictionary<string, (string File, string Sample, Action<string> Parse)> OfFiles = new(StringComparer.Ordinal)
    {
        ["ini-inventory"] = ("inventory.ini", Ini, path => InventoryLines.Read(path, "x")),
        ["yaml-inventory"] = ("hosts.yml", "all:\n  hosts:\n    k8s-m0: {ansible_host: 192.0.2.10}\n  children: {kube_node: {hosts: {k8s-m0: null}}}\n", path => InventoryLines.Read(path, "x")),
        ["variables-file"] = ("all.yml", Vars, path => VariablesFile.Read(path, "x")),
        ["python-requirements"] = ("requirements.txt", "ansible==9.8.0 # why\njinja2>=3; python_version < '3.8' \\\n  --hash=sha256:ab\n-r other.txt\n", path => PythonRequirements.Read(path)),
        ["ansible-pin"] = ("requirements-2.12.txt", "ansible-core==2.14.6\n", path => AnsiblePin.Read(path)),
        ["bundle-manifest"] = ("manifest.json", "{\"version\": 1, \"release\": \"v2.31.0\", \"artifacts\": [{\"name\": \"etcd\", \"path\": \"files/x\", \"sha256\": \"ab\", \"size\": 1}]}", path => BundleFolder.Find(Path.GetDirectoryName(path)!)),
        ["etcd-versions"] = ("roles/download/defaults/main.yml", "etcd_supported_versions:\n  v1.27: \"v3.5.10\"\netcd_version: v3.5.0\n", path => EtcdVersions.Read(path[..^"/roles/download/defaults/main.yml".Length])),
        ["fingerprints"] = ("fingerprints", "k8s-m0 SHA256:abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq\n256 SHA256:x root@k8s-m0 (ED25519)\n", path => GivenFingerprints.Read(path)),
        ["known-hosts-file"] = ("known_hosts", "192.0.2.10 ssh-ed25519 AAAA\n[192.0.2.10]:22,x ssh-rsa B\n", path => KnownHosts.Read([path]).Beside("192.0.2.10", 22)),
    };

    private readonly TemporaryDirectory directory = new();

    public static TheoryData<string> Names => [.. Parsers.Keys];

    public static TheoryData<string> NamesOfFiles => [.. OfFiles.Keys];

    public void Dispose() => directory.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    [Promise("No text of others breaks a parser", "text that is cut, doubled, mixed and filled with noise", Tries = 10_000)]
    public void No_text_breaks_a_parser(string parser) => Fuzzing.Feed(parser, Parsers[parser].Samples, text => Parsed(() => Parsers[parser].Parse(text)))
        .ShouldBeGreaterThanOrEqualTo(Fuzzing.Inputs);

    [Theory]
    [MemberData(nameof(NamesOfFiles))]
    [Promise("No text of others breaks a parser", "files of the same kind", Tries = 10_000)]
    public void No_file_breaks_a_parser(string parser)
    {
        var (name, sample, parse) = OfFiles[parser];
        var file = directory.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        Fuzzing.Feed(parser, [sample], text =>
        {
            File.WriteAllText(file, text);
            Parsed(() => parse(file));
        }).ShouldBeGreaterThanOrEqualTo(Fuzzing.Inputs);
    }

    private static string SampleText(string name) => Preflight.SampleFacts.Text(name);

    // An error for people, and YAML's own, which says where, are answers.
    private static void Parsed(Action parse)
    {
        try
        {
            parse();
        }
        catch (Exception exception) when (exception is UserError or YamlException)
        {
            exception.Message.ShouldNotBeNullOrWhiteSpace();
        }
    }
}
