using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

/// <summary>The real script by which a key is put into authorized_keys, run by real shells.</summary>
public sealed class AuthorizeScriptTests : IDisposable
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMineMineMineMineMineMineMineMineMineMineMin me@here";
    private const string Other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIElseElseElseElseElseElseElseElseElseElseEls you@there";

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    private string Home => directory.File("home");

    private string Keys => directory.File("home/.ssh/authorized_keys");

    [Theory]
    [InlineData("sh")]
    [InlineData("busybox")]
    public async Task I_get_a_file_where_there_is_none(string shell)
    {
        Programs.Require(shell);
        Directory.CreateDirectory(Home);

        var first = await RunAsync(shell: shell);
        var second = await RunAsync(shell: shell);

        first.Of("key").ShouldBe("added");
        second.Of("key").ShouldBe("there");
        File.ReadAllText(Keys).ShouldBe($"{Key}\n");
        Directory.GetFileSystemEntries(Path.GetDirectoryName(Keys)!).ShouldBe([Keys]);
    }

    [Theory]
    [InlineData(Other + "\n", Other + "\n" + Key + "\n")]
    [InlineData(Other, Other + "\n" + Key + "\n")]
    [InlineData(Other + "\r\n# mine\r\n", Other + "\r\n# mine\r\n" + Key + "\n")]
    [InlineData("# " + Key + "\n", "# " + Key + "\n" + Key + "\n")]
    [InlineData("", Key + "\n")]
    [InlineData("\0\n", "\0\n" + Key + "\n")]
    public async Task I_keep_what_is_there(string before, string after)
    {
        directory.Write("home/.ssh/authorized_keys", before);

        (await RunAsync()).Of("key").ShouldBe("added");

        File.ReadAllText(Keys).ShouldBe(after);
    }

    [Theory]
    [InlineData("from=\"192.0.2.0/24\",no-pty " + Key + "\n")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMineMineMineMineMineMineMineMineMineMineMin another name\n")]
    public async Task I_find_my_key_with_options_and_with_another_comment(string before)
    {
        directory.Write("home/.ssh/authorized_keys", before);

        (await RunAsync()).Of("key").ShouldBe("there");

        File.ReadAllText(Keys).ShouldBe(before);
    }

    [Fact]
    public async Task I_get_the_modes_that_sshd_wants_and_am_told_which_were_changed()
    {
        directory.Write("home/.ssh/authorized_keys", $"{Key}\n");
        var wide = (UnixFileMode)0b111_111_111;
        foreach (var path in new[] { Home, Path.GetDirectoryName(Keys)!, Keys })
            File.SetUnixFileMode(path, wide);

        var dry = await RunAsync(isDryRun: true);
        var untouched = File.GetUnixFileMode(Keys);
        var answer = await RunAsync();

        dry.Modes.Count.ShouldBe(3);
        untouched.ShouldBe(wide);
        answer.Modes.ShouldBe([Home, Path.GetDirectoryName(Keys)!, Keys]);
        foreach (var path in answer.Modes)
            (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)).ShouldBe(UnixFileMode.None);
        (await RunAsync()).Modes.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_am_told_of_a_file_or_folder_that_is_a_link_to_elsewhere()
    {
        var elsewhere = directory.Write("elsewhere/keys", $"{Other}\n");
        Directory.CreateDirectory(Path.GetDirectoryName(Keys)!);
        File.CreateSymbolicLink(Keys, elsewhere);

        var file = await RunAsync();
        Directory.Delete(Path.GetDirectoryName(Keys)!, recursive: true);
        Directory.CreateSymbolicLink(Path.GetDirectoryName(Keys)!, directory.File("elsewhere"));
        var folder = await RunAsync();
        directory.Write("elsewhere/authorized_keys", $"{Key}\n");
        var there = await RunAsync();

        file.Failed.ShouldBe($"{Keys} is a link to {elsewhere}, which may be others' too: add the key there by hand");
        folder.Failed!.ShouldStartWith($"{Path.GetDirectoryName(Keys)} is a link to ");
        there.Of("key").ShouldBe("there");
        File.ReadAllText(elsewhere).ShouldBe($"{Other}\n");
    }

    [Fact]
    public async Task I_am_told_of_what_is_no_file()
    {
        Directory.CreateDirectory(Keys);

        (await RunAsync()).Failed.ShouldBe($"{Keys} is no file");
        (await RunAsync(home: directory.File("nowhere"))).Failed!.ShouldEndWith($"has no home folder: {directory.File("nowhere")} is not there");
    }

    [Fact]
    public async Task I_am_told_of_a_file_that_is_immutable()
    {
        Programs.Require("chattr");
        directory.Write("home/.ssh/authorized_keys", $"{Other}\n");
        var made = await new CommandRunner().RunAsync(CommandLine.Of("chattr", "+i", Keys));
        Assert.SkipUnless(made.Succeeded, $"no file can be made immutable here: {made.StandardError.Trim()}");
        try
        {
            (await RunAsync()).Failed.ShouldBe($"{Keys} is immutable: chattr -i -a {Keys}");
            File.ReadAllText(Keys).ShouldBe($"{Other}\n");
        }
        finally
        {
            await new CommandRunner().RunAsync(CommandLine.Of("chattr", "-i", Keys));
        }
    }

    // Where the file system knows no such attribute, or lsattr is not there: what renaming says.
    [Fact]
    public async Task I_am_told_that_the_file_can_not_be_replaced_and_nothing_is_left_behind()
    {
        directory.Write("home/.ssh/authorized_keys", $"{Other}\n");
        var programs = directory.Write("bin/mv", "#!/bin/sh\necho \"mv: cannot move '$2': Operation not permitted\" >&2\nexit 1\n");
        File.SetUnixFileMode(programs, UnixFile.Private | UnixFileMode.UserExecute);

        var answer = await RunAsync(path: directory.File("bin"));

        answer.Failed!.ShouldStartWith($"{Keys} can't be replaced: mv: cannot move");
        Directory.GetFileSystemEntries(Path.GetDirectoryName(Keys)!).ShouldBe([Keys]);
        File.ReadAllText(Keys).ShouldBe($"{Other}\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task I_am_told_that_the_home_has_no_free_space_and_nothing_is_half_changed(bool hasFile)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "file systems are mounted by root alone");
        Directory.CreateDirectory(Home);
        using var small = new SmallFileSystem(Home);
        if (hasFile)
            directory.Write("home/.ssh/authorized_keys", string.Concat(Enumerable.Repeat($"{Other}\n", 400)));
        await Fill(directory.File("home/full"));

        var answer = await RunAsync();

        answer.Failed!.ShouldContain("No space left on device");
        if (hasFile)
            File.ReadAllLines(Keys).ShouldBe(Enumerable.Repeat(Other, 400));
        Directory.Exists(directory.File("home/.ssh")).ShouldBe(hasFile);
        Directory.EnumerateFiles(Home, "*kubelab*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Welcome!\nkubelab: key added\n", "added")]
    [InlineData("kubelab:\nkubelab: \nkubelab: key\n", "")]
    [InlineData("kubelab: key there\r\n\0\n", "there")]
    public void An_answer_that_is_not_whole_is_no_success(string output, string key)
    {
        var answer = PreparationAnswer.Parse(output);

        answer.IsWhole.ShouldBeFalse();
        answer.Of("key").ShouldBe(key);
    }

    [Fact]
    public async Task I_am_told_that_a_node_lacks_the_Python_that_Ansible_needs()
    {
        Directory.CreateDirectory(Home);
        var without = Directory.CreateDirectory(directory.File("without")).FullName;
        foreach (var program in Directory.GetFiles("/usr/bin").Where(program => !Path.GetFileName(program).StartsWith("python", StringComparison.Ordinal)))
            File.CreateSymbolicLink(Path.Combine(without, Path.GetFileName(program)), program);
        Assert.SkipWhen(File.Exists("/usr/libexec/platform-python"), "this system has a Python apart");

        var answer = await RunAsync(path: without, isWholePath: true);

        answer.Of("key").ShouldBe("added");
        new NodePreparation("k8s-n0") { Answer = answer }.Warnings.ShouldContain("Ansible needs Python there: apt-get install python3, or dnf install python3");
        new NodePreparation("k8s-n0") { Answer = PreparationAnswer.Parse("kubelab: sudo missing") }.Warnings.ShouldHaveSingleItem().ShouldStartWith("sudo is not installed there");
    }

    private static async Task Fill(string file)
    {
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var i = 0; i < 1000; i++)
                await stream.WriteAsync(new byte[1024]);
        }
        catch (IOException)
        {
        }
    }

    private async Task<PreparationAnswer> RunAsync(string? home = null, bool isDryRun = false, string shell = "sh", string? path = null, bool isWholePath = false)
    {
        var script = $"key={ShellWords.Quote(Key)}\ndry={(isDryRun ? "yes" : "no")}\n{Resource.Text("Ssh/authorize.sh")}";
        IReadOnlyList<string> words = shell == "busybox" ? ["busybox", "sh", "-s"] : [shell, "-s"];
        var folders = Environment.GetEnvironmentVariable("PATH");
        var command = CommandLine.Of(words[0], [.. words.Skip(1)]) with
        {
            StandardInput = script,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal)
            { ["HOME"] = home ?? Home, ["PATH"] = path is null ? folders : isWholePath ? path : $"{path}:{folders}" },
        };
        var result = await new CommandRunner().RunAsync(command);
        var answer = PreparationAnswer.Parse(result.StandardOutput);
        (answer.IsWhole || answer.Failed is not null).ShouldBeTrue(result.StandardError);
        return answer;
    }
}
