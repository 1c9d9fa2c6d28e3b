using KubeLab.Ssh;

namespace KubeLab.Tests.Ssh;

public class GivenFingerprintsTests
{
    private const string Blob = "AAAAC3NzaC1lZDI1NTE5AAAAIMineMineMineMineMineMineMineMineMineMineMin";

    private static readonly HostKey Key = new("[192.0.2.10]:2222", "ssh-ed25519", Convert.ToBase64String(new byte[51]));

    [Theory]
    [InlineData("{0}", true)]
    [InlineData("k8s-m0 {0}", true)]
    [InlineData("192.0.2.10\t{0}=", true)]
    [InlineData("k8s-n0 {0}", false)]
    [InlineData("k8s-m0 {0} comment", true)]
    [InlineData("2048 {0} root@k8s-n0 (RSA)", true)]
    [InlineData("[192.0.2.10]:2222 ssh-ed25519 {1}", true)]
    [InlineData("192.0.2.11 ssh-ed25519 {1}", false)]
    [InlineData("", false)]
    [InlineData("# {0}", false)]
    [InlineData("@revoked * ssh-ed25519 {1}", false)]
    public void I_can_give_a_fingerprint_in_any_form_that_machines_print(string line, bool isAccepted)
    {
        var text = line.Replace("{0}", Key.Fingerprint, StringComparison.Ordinal).Replace("{1}", Key.Key, StringComparison.Ordinal);

        new GivenFingerprints([text], "fingerprints").Accept(Key, "k8s-m0", "192.0.2.10").ShouldBe(isAccepted);
    }

    [Theory]
    [InlineData("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48")]
    [InlineData("k8s-m0")]
    [InlineData("k8s-m0 SHA256:short")]
    [InlineData("k8s-m0 k8s-n0 SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ssh-ed25519 " + Blob)]
    [InlineData("\0\e[2J")]
    public void I_am_told_which_line_is_none(string line)
    {
        var error = Should.Throw<UserError>(() => new GivenFingerprints(["# the consoles", line], "fingerprints"));

        error.Problem.ShouldStartWith("fingerprints:2: '");
        error.Problem.ShouldNotContain("\e");
    }

    [Fact]
    public void I_am_told_of_a_file_that_is_not_there()
    {
        Should.Throw<UserError>(() => GivenFingerprints.Read("/nowhere/fingerprints")).Remedy!.ShouldContain("--fingerprints");
    }
}
