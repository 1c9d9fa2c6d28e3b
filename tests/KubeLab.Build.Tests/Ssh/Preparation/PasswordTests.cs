using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

public sealed class PasswordTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("a secret\n", "a secret")]
    [InlineData("a secret\r\n", "a secret")]
    [InlineData("a secret", "a secret")]
    [InlineData(" a\t\e[2J\r\r\n", " a\t\e[2J\r")]
    public void I_can_give_a_password_by_a_file(string text, string password)
    {
        Password.Read(Secret(text), "--first-password-file").Text.ShouldBe(password);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("two\nlines\n")]
    [InlineData("nul\0in it\n")]
    public void I_am_told_of_a_file_that_holds_no_password(string text)
    {
        Should.Throw<UserError>(() => Password.Read(Secret(text), "--first-password-file")).Problem.ShouldContain("holds no password");
    }

    [Fact]
    public void I_am_told_of_a_file_that_is_not_there_or_open_to_others()
    {
        var open = directory.Write("open", "a secret\n");
        File.SetUnixFileMode(open, UnixFile.Readable);

        Should.Throw<UserError>(() => Password.Read(directory.File("nowhere"), "--first-password-file")).Remedy!.ShouldContain("--first-password-file");
        Should.Throw<UserError>(() => Password.Read(open, "--first-password-file")).Remedy!.ShouldStartWith("chmod 600");
    }

    [Fact]
    public async Task I_can_give_any_bytes_to_a_shell()
    {
        var bytes = Enumerable.Range(1, 255).Where(each => each != '\n').Select(each => (byte)each).ToArray();
        var script = directory.Write("script", $"password={new Password(bytes, "test").InShell}\nprintf %s \"$password\" > {ShellWords.Quote(directory.File("out"))}\n");

        await new CommandRunner().RunAsync(CommandLine.Of("sh", script));

        (await File.ReadAllBytesAsync(directory.File("out"))).ShouldBe(bytes);
        new Password(bytes, "test").Text.ShouldBeNull();
        $"{new Password(bytes, "test")}".ShouldBe("(a password)");
    }

    private string Secret(string text)
    {
        var file = directory.Write("secret", text);
        File.SetUnixFileMode(file, UnixFile.Private);
        return file;
    }
}
