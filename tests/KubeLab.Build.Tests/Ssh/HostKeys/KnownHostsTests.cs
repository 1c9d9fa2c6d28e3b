using System.Diagnostics;
using CsCheck;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class KnownHostsTests
{
    private static readonly byte[] Key = [0, 0, 0, 11, .. "ssh-ed25519"u8, 1, 2, 3];
    private static readonly string Encoded = Convert.ToBase64String(Key);

    [Theory]
    [InlineData("192.0.2.10", 22)]
    [InlineData("node.example,192.0.2.10", 22)]
    [InlineData("192.0.2.*", 22)]
    [InlineData("192.0.2.1?", 22)]
    [InlineData("[192.0.2.10]:2222", 2222)]
    public void I_know_a_key_by_its_name_or_pattern(string names, int port) =>
        new KnownHosts([$"{names} ssh-ed25519 {Encoded} a comment"]).Judge("192.0.2.10", port, Key).ShouldBeNull();

    [Theory]
    [InlineData("192.0.2.11", 22)]
    [InlineData("192.0.2.10", 2222)]
    [InlineData("*,!192.0.2.10", 22)]
    [InlineData("# 192.0.2.10", 22)]
    [InlineData("@cert-authority 192.0.2.10", 22)]
    [InlineData("|1|not base64|either", 22)]
    public void I_do_not_know_a_key_of_another_host(string names, int port) =>
        new KnownHosts([$"{names} ssh-ed25519 {Encoded}"]).Judge("192.0.2.10", port, Key).ShouldBe(SshFailureReason.HostKeyUnknown);

    [Fact]
    public void I_am_told_that_a_key_has_changed() =>
        new KnownHosts(["192.0.2.10 ssh-ed25519 AAAA"]).Judge("192.0.2.10", 22, Key).ShouldBe(SshFailureReason.HostKeyChanged);

    [Fact]
    public void I_trust_no_revoked_key() => new KnownHosts([$"@revoked * ssh-ed25519 {Encoded}", $"192.0.2.10 ssh-ed25519 {Encoded}"])
        .Judge("192.0.2.10", 22, Key).ShouldBe(SshFailureReason.HostKeyChanged);

    [Fact]
    public void I_learn_which_types_of_key_are_known() =>
        new KnownHosts([$"192.0.2.10 ssh-ed25519 {Encoded}", "192.0.2.10 ssh-rsa AAAA", "192.0.2.11 ecdsa-sha2-nistp256 AAAA"])
            .TypesFor("192.0.2.10", 22).ShouldBe(["ssh-ed25519", "ssh-rsa"]);

    [Fact]
    public void I_know_a_name_that_OpenSSH_has_hashed()
    {
        Programs.Require("ssh-keygen");
        using var directory = new TemporaryDirectory();
        var pair = directory.File("key");
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", pair);
        var words = File.ReadAllText($"{pair}.pub").Split(' ');
        var file = directory.Write("known_hosts", $"[192.0.2.10]:2222 {words[0]} {words[1]}\n");
        Run("ssh-keygen", "-q", "-H", "-f", file);

        var reason = KnownHosts.Read([file]).Judge("192.0.2.10", 2222, Convert.FromBase64String(words[1]));

        File.ReadAllText(file).ShouldStartWith("|1|");
        reason.ShouldBeNull();
    }

    [Fact]
    public void I_can_read_any_text() => Gen.String.List[0, 5].Sample(lines =>
    {
        var known = new KnownHosts(lines);
        known.TypesFor("192.0.2.10", 22);
        known.Judge("192.0.2.10", 22, Key);
    });

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }
}
