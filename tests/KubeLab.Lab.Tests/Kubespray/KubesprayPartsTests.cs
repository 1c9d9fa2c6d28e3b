namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>Whoever lacks a part is told which, and how to get it.</summary>
public sealed class KubesprayPartsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kubelab parts ");

    [Fact]
    public void I_am_told_each_part_that_is_missing_and_how_to_get_it()
    {
        var parts = Find(new Dictionary<string, string?> { ["KUBELAB_BUNDLE"] = "/nowhere" });

        parts.Missing.Count.ShouldBe(3);
        parts.Missing[0].ShouldStartWith("Kubespray v2.18.2: a clone that has the tag, or the tag's tree: KUBESPRAY_CHECKOUT isn't set, and ");
        parts.Missing[0].ShouldContain("To get it: git clone ");
        parts.Missing[1].ShouldContain("KUBELAB_BUNDLE names /nowhere, which is none. To get it: ./build.sh BundleArtifacts");
        parts.Missing[2].ShouldStartWith("An Ansible from 2.9 up to, but not including, 2.12: none on the PATH; KUBELAB_ANSIBLE ");
    }

    [Theory]
    [InlineData("ansible-playbook [core 2.11.12] ", true)]
    [InlineData("ansible-playbook 2.9.27", true)]
    [InlineData("ansible-playbook [core 2.12.0]", false)]
    [InlineData("ansible-playbook [core 2.8.9]", false)]
    [InlineData("Segmentation fault", false)]
    [InlineData("", false)]
    public void I_get_an_Ansible_that_the_release_takes_and_no_other(string said, bool fits)
    {
        var program = Write("bin/ansible-playbook", $"#!/bin/sh\necho '{said}'\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var bin = Path.GetDirectoryName(program);

        Find(new Dictionary<string, string?> { ["PATH"] = bin }).Ansible.ShouldBe(fits ? bin : null);
        Find(new Dictionary<string, string?> { ["KUBELAB_ANSIBLE"] = bin }).Ansible.ShouldBe(fits ? bin : null);
    }

    [Fact]
    public void I_get_what_lies_in_the_cache()
    {
        Write("test-kubespray/v2.18.2/checkout/cluster.yml", "");
        Write("test-kubespray/v2.18.2/bundle/files/kubelet", "");

        var parts = Find([]);

        parts.Checkout.ShouldBe(Path.Combine(folder.FullName, "test-kubespray/v2.18.2/checkout"));
        parts.Bundle.ShouldBe(Path.Combine(folder.FullName, "test-kubespray/v2.18.2/bundle"));
    }

    [Fact]
    public void The_checksums_of_parts_are_written_as_the_release_calls_them()
    {
        Write("files/dl.k8s.io/kubelet", "kubelet");
        Write("files/github.com/etcd-v3.4.23-linux-amd64.tar.gz", "");
        Write("files/github.com/something-else.tar.gz", "");
        Write("files/dl.k8s.io/v1.20.3/kubelet", "another kubelet");

        Era.Has(folder.FullName, "v1.20.3").ShouldBeTrue();
        Era.Has(folder.FullName, "v1.20.2").ShouldBeFalse();
        Era.ChecksumsOf(folder.FullName, "v1.20.3").ShouldBe("""
            ---
            etcd_binary_checksum: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
            kubelet_binary_checksum: 1ca4bc7eb9b3d6f1e205da9cfab437c89d3760d0765a29a6bcbccf4ad51a2cb1

            """);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private KubesprayParts Find(Dictionary<string, string?> environment) =>
        KubesprayParts.Find(Era.Old, name => environment.GetValueOrDefault(name), folder.FullName);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
