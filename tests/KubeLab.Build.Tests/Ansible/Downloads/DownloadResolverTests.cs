using System.Text;
using System.Text.Json;
using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

/// <summary>What a release has a node download, as Ansible resolves it without running any of its tasks.</summary>
public class DownloadResolverTests
{
    [Fact]
    public async Task I_get_the_file_of_a_release_up_to_v2_27()
    {
        using var scene = Scene(
            ("roles/kubespray-defaults/defaults/main.yaml", "local_release_dir: /tmp/releases\nkube_version: v1.27.10\nproxy_env:\n  http_proxy: \"{{ http_proxy | default('') }}\"\n  https_proxy: \"{{ https_proxy | default('') }}\"\n  no_proxy: \"{{ no_proxy | default('') }}\"\n"),
            ("roles/download/defaults/main/main.yml", """
                files_repo: https://dl.example
                image_arch: "{{ host_architecture | default('amd64') }}"
                kubelet_checksums: {amd64: {v1.27.10: '0a1b'}}
                downloads:
                  kubelet:
                    dest: "{{ local_release_dir }}/kubelet-{{ kube_version }}-{{ image_arch }}"
                    sha256: "{{ kubelet_checksums[image_arch][kube_version] }}"
                    url: "{{ files_repo }}/{{ kube_version }}/{{ ansible_system | lower }}/{{ image_arch }}/kubelet"
                """));
        scene.Directory.Write("cluster/group_vars/all.yml", "files_repo: https://user:p@ss@mirror.example\nhttps_proxy: http://proxy.example:3128\nadditional_no_proxy: .corp\n");

        var file = await ResolveAsync(scene, "kubelet");

        file.ShouldNotBeNull();
        file.Url.ShouldBe("https://mirror.example/v1.27.10/linux/amd64/kubelet");
        file.Destination.ShouldBe("/tmp/releases/kubelet-v1.27.10-amd64");
        file.Checksum.ShouldBe("sha256:0a1b");
        file.Proxies["https_proxy"].ShouldBe("http://proxy.example:3128");
        file.Proxies["no_proxy"].ShouldBe(".corp,k8s-m0,k8s-n0");
    }

    [Fact]
    public async Task I_get_the_file_of_a_release_since_v2_28_as_the_run_was_told_to_load_it()
    {
        using var scene = Scene(
            ("roles/kubespray_defaults/defaults/main/main.yml", "local_release_dir: /tmp/releases\nkube_version: \"{{ (kubelet_checksums['amd64'] | dict2items)[0].key }}\"\n"),
            ("roles/kubespray_defaults/defaults/main/download.yml", """
                download_run_once: false
                download_cache_dir: /tmp/kubespray_cache
                downloads:
                  kubelet:
                    dest: "{{ local_release_dir }}/kubelet-{{ kube_version }}"
                    checksum: "{{ kubelet_checksums['amd64'][kube_version] }}"
                    url: "https://dl.example/{{ kube_version }}/kubelet"
                """),
            ("roles/kubespray_defaults/vars/main/checksums.yml", "kubelet_checksums: {amd64: {1.35.4: 'sha256:0a1b', 1.35.3: 'sha512:2c3d'}}\n"));

        var file = await ResolveAsync(scene, "kubelet", new PlaybookOptions
        {
            ExtraVariables = """{"kube_version": "1.35.3"}""",
            ForcedVariables = new Dictionary<string, object> { ["download_run_once"] = true },
        });

        file.ShouldNotBeNull();
        file.Url.ShouldBe("https://dl.example/1.35.3/kubelet");
        file.Destination.ShouldBe("/tmp/kubespray_cache/kubelet-1.35.3");
        (file.Algorithm, file.Digest).ShouldBe(("sha512", "2c3d"));
        file.Proxies.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_of_extra_variables_is_found_from_where_it_was_named()
    {
        using var scene = Scene(("roles/download/defaults/main.yml", "version: 1\ndownloads:\n  kubelet: {dest: /tmp/kubelet, url: 'https://dl.example/{{ version }}/kubelet'}\n"));
        scene.Directory.Write("vars.yml", "version: 2\n");
        var named = Path.GetRelativePath(Environment.CurrentDirectory, scene.Directory.File("vars.yml"));

        var file = await ResolveAsync(scene, "kubelet", new PlaybookOptions { ExtraVariables = $"@{named}" });

        file!.Url.ShouldBe("https://dl.example/2/kubelet");
    }

    [Theory, InlineData("nothing"), InlineData("{{ lookup('pipe', 'touch /tmp/no') }}"), InlineData("")]
    public async Task A_release_without_such_a_download_has_none(string item)
    {
        using var scene = Scene(("roles/download/defaults/main.yml", "downloads: {}\n"));

        (await ResolveAsync(scene, item)).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"url": "https://dl.example/x"}""")]
    [InlineData("""{"url": "nowhere", "dest": "relative", "checksum": "", "validate": true, "http_proxy": "", "https_proxy": "", "no_proxy": "", "hosts": ""}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void An_answer_that_is_none_gives_none(string answer)
    {
        DownloadResolver.Read($"\"msg\": \"kubelab:{Convert.ToBase64String(Encoding.UTF8.GetBytes(answer))}:kubelab\"").ShouldBeNull();
        DownloadResolver.Read("kubelab:A:kubelab").ShouldBeNull();
        DownloadResolver.Read(answer).ShouldBeNull();
    }

    private static AnsibleScene Scene(params (string File, string Text)[] tree)
    {
        var scene = new AnsibleScene();
        foreach (var (file, text) in tree)
            scene.Directory.Write($"distribution/{file}", text);
        // A task of the release: none of them may run.
        scene.Directory.Write("distribution/roles/download/tasks/main.yml", "- ansible.builtin.fail: {msg: it ran}\n");
        scene.Directory.Write("artifacts/mycluster/facts/k8s-m0", JsonSerializer.Serialize(new { ansible_system = "Linux" }));
        return scene;
    }

    private static async Task<DownloadedFile?> ResolveAsync(AnsibleScene scene, string item, PlaybookOptions? options = null) =>
        await new DownloadResolver(scene.Commands, await scene.EnvironmentAsync()).ResolveAsync("k8s-m0", item, options ?? new PlaybookOptions());
}
