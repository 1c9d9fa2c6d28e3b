using System.Diagnostics;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public class PrivateKeyFileTests
{
    private readonly PrivateKeyFile keys = new(new CommandRunner());

    [Fact]
    public async Task I_can_use_a_key_without_a_passphrase()
    {
        using var directory = new TemporaryDirectory();

        await keys.CheckAsync(Generate(directory, passphrase: ""));
    }

    [Fact]
    public async Task I_am_told_that_a_key_needs_a_passphrase_and_no_agent_holds_it()
    {
        using var directory = new TemporaryDirectory();
        var key = Generate(directory, passphrase: "secret");

        var error = await Should.ThrowAsync<UserError>(() => keys.CheckAsync(key));

        error.Message.ShouldContain("passphrase");
        error.Remedy!.ShouldContain("ssh-add");
    }

    [Fact]
    public async Task I_am_told_that_a_key_is_missing()
    {
        var error = await Should.ThrowAsync<UserError>(() => keys.CheckAsync("/nowhere/id_ed25519"));

        error.Message.ShouldContain("/nowhere/id_ed25519");
    }

    [Fact]
    public async Task I_am_told_that_others_may_read_a_key()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are POSIX");
        using var directory = new TemporaryDirectory();
        var key = Generate(directory, passphrase: "");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var error = await Should.ThrowAsync<UserError>(() => keys.CheckAsync(key));

        error.Remedy!.ShouldStartWith("chmod 600");
    }

    [Fact]
    public async Task I_am_told_that_a_file_is_no_private_key()
    {
        Programs.Require("ssh-keygen");
        using var directory = new TemporaryDirectory();
        var file = directory.Write("id.pub", "ssh-ed25519 AAAA me@example\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var error = await Should.ThrowAsync<UserError>(() => keys.CheckAsync(file));

        error.Message.ShouldContain("is no private key");
    }

    private static string Generate(TemporaryDirectory directory, string passphrase)
    {
        var program = Programs.Require("ssh-keygen");
        var path = directory.File("id_ed25519");
        using var keygen = Process.Start(new ProcessStartInfo(program, ["-q", "-t", "ed25519", "-N", passphrase, "-f", path]))!;
        keygen.WaitForExit();
        return path;
    }
}
