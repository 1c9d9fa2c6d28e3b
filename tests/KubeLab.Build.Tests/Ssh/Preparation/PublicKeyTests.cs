using System.Diagnostics;
using KubeLab.Clusters;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public sealed class PublicKeyTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task I_give_the_nodes_the_public_half_of_the_key_that_the_inventory_names()
    {
        var key = KeyPair("");
        var beside = File.ReadAllText($"{key}.pub").Trim();

        var first = await OfAsync(key);
        File.Delete($"{key}.pub");
        var derived = await OfAsync(key);

        first.ShouldBe(beside);
        derived.Split(' ')[1].ShouldBe(beside.Split(' ')[1]);
    }

    [Fact]
    public async Task I_am_told_that_a_locked_key_has_no_public_half_beside_it()
    {
        var key = KeyPair("locked");
        File.Delete($"{key}.pub");

        (await Should.ThrowAsync<UserError>(OfAsync(key))).Remedy!.ShouldContain($"ssh-keygen -y -f '{key}'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key\n")]
    [InlineData("ssh-ed25519 not*base64\n")]
    public async Task A_file_beside_it_that_is_no_key_is_passed_over(string text)
    {
        var key = KeyPair("");
        var blob = File.ReadAllText($"{key}.pub").Split(' ')[1];
        File.WriteAllText($"{key}.pub", text);

        (await OfAsync(key)).Split(' ')[1].ShouldBe(blob);
    }

    private string KeyPair(string passphrase)
    {
        Programs.Require("ssh-keygen");
        using var keygen = Process.Start(new ProcessStartInfo(
            "ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "me and you", "-f", directory.File("id")]))!;
        keygen.WaitForExit();
        return directory.File("id");
    }

    private Task<string> OfAsync(string key)
    {
        var cluster = new Cluster("mine", directory.Path, directory.File("inventory.ini"), new ClusterSettings(), directory.File("artifacts"));
        var node = Nodes.Node("k8s-m0", [], ("ansible_host", "192.0.2.10"), ("ansible_ssh_private_key_file", key));
        return new PublicKey(new SshOptions(cluster), new CommandRunner()).OfAsync(
            new NodeConnection(node, EffectiveConnection.Read("hostname 192.0.2.10\nuser root\nport 22\n")), CancellationToken.None);
    }
}
