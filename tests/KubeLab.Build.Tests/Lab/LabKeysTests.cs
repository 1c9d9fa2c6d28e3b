using KubeLab.Lab;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

public sealed class LabKeysTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    private LabFolder Folder => new(folder.Path);

    private LabKeys Keys => new(Folder, new CommandRunner());

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_known_host_has_its_address_its_name_and_its_key_without_the_comment() =>
        LabKeys.KnownHost(SampleLab.Node(), "ssh-ed25519 AAAAC3Nz root@k8s-m0\n").ShouldBe("192.0.2.10,k8s-m0 ssh-ed25519 AAAAC3Nz\n");

    [Fact]
    public async Task The_login_key_is_made_once_and_is_its_owners_alone()
    {
        await Keys.EnsureLoginKeyAsync(CancellationToken.None);
        var first = await File.ReadAllTextAsync(Folder.PrivateKey);
        await Keys.EnsureLoginKeyAsync(CancellationToken.None);

        (await File.ReadAllTextAsync(Folder.PrivateKey)).ShouldBe(first);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Folder.PrivateKey).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_key_that_an_interrupted_run_left_without_its_public_half_is_made_again()
    {
        folder.Write("id_ed25519", "half a key");

        await Keys.EnsureLoginKeyAsync(CancellationToken.None);

        (await File.ReadAllTextAsync($"{Folder.PrivateKey}.pub")).ShouldStartWith("ssh-ed25519 ");
    }

    [Fact]
    public async Task Known_hosts_are_just_the_nodes_that_there_are()
    {
        folder.Write("known_hosts", "192.0.2.99,gone ssh-ed25519 AAAA\n");
        folder.Write("nodes/k8s-m0/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAAC3Nz root@k8s-m0\n");

        await Keys.WriteKnownHostsAsync([SampleLab.Node()], CancellationToken.None);

        (await File.ReadAllTextAsync(Folder.KnownHosts)).ShouldBe("192.0.2.10,k8s-m0 ssh-ed25519 AAAAC3Nz\n");
    }
}
