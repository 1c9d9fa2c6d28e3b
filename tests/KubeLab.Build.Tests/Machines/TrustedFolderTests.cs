using KubeLab.Records;
using KubeLab.Ssh;
using KubeLab.Tests.Clusters;

namespace KubeLab.Tests.Machines;

/// <summary>Folders that root uses, and whoever could put something there.</summary>
public sealed class TrustedFolderTests : IDisposable
{
    private const string Stranger = "65534";
    private readonly TemporaryDirectory directory = new();

    public TrustedFolderTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root can give folders to others");
        Directory.CreateDirectory(directory.File("mine/cache"));
    }

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("chown 65534 mine/cache", "belongs to user 65534")]
    [InlineData("chown 65534 mine", "belongs to user 65534")]
    [InlineData("chmod 777 mine/cache", "can be written by all users")]
    [InlineData("chmod 777 mine", "can be written by all users")]
    [InlineData("chmod 1777 mine/cache", "can be written by all users")]
    [InlineData("chgrp 4711 mine/cache; chmod 770 mine/cache", "can be written by the group 4711")]
    [InlineData("mkdir -m 777 other; mv mine/cache other/; ln -s ../other/cache mine/cache", "other can be written by all users")]
    [InlineData("mv mine real; ln -s real mine; chown -h 65534 mine", "mine belongs to user 65534")]
    [InlineData("rmdir mine/cache; chown 65534 mine", "belongs to user 65534")]
    [Promise("Root uses no folder of a stranger", "a folder, one above it or a link that another user owns or may write to")]
    public void A_folder_where_a_stranger_can_put_something_is_refused_and_named(string stranger, string fault)
    {
        Shell(stranger);

        var error = Should.Throw<UserError>(() => TrustedFolder.Require(directory.File("mine/cache")));

        error.Problem.ShouldContain(fault);
        error.Problem.ShouldContain(directory.Path);
        error.Remedy!.ShouldContain("sudo chown root ");
    }

    [Theory]
    [InlineData("true")]
    [InlineData("chmod 1777 mine")]
    [InlineData("chown 65534 checkout mine")]
    [InlineData("chown -R 65534 checkout mine; chgrp 65534 mine; chmod 775 mine")]
    [InlineData("ln -s \"$PWD/mine/cache\" link; mv mine real; ln -s real mine")]
    public void What_is_root_s_or_the_checkout_s_owner_s_is_trusted(string shell)
    {
        Directory.CreateDirectory(directory.File("checkout"));
        Shell(shell);

        TrustedFolder.Require(directory.File("mine/cache"), directory.File("checkout")).ShouldBe(directory.File("mine/cache"));
    }

    [Fact]
    public async Task Who_called_sudo_is_no_stranger()
    {
        Shell("chown 4711 mine");
        KubeLabProgram.Prepare(directory, "- hosts: all\n");
        var environment = new Dictionary<string, string?> { ["KUBELAB_CACHE"] = directory.File("mine/cache"), ["SUDO_UID"] = "4711" };

        var asked = await new CommandRunner().RunAsync(KubeLabProgram.Command(directory.Path, environment, "LabStatus", "--inventory", "mine"));
        var alone = await new CommandRunner().RunAsync(KubeLabProgram.Command(
            directory.Path, new Dictionary<string, string?>(environment) { ["SUDO_UID"] = null }, "Versions", "--inventory", "mine"));

        asked.StandardOutput.ShouldNotContain("can't be trusted");
        alone.StandardOutput.ShouldContain("mine belongs to user 4711, who could put something of their own there.");
        alone.StandardOutput.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("mkdir -p artifacts/lab/runs; chown 65534 artifacts/lab/runs")]
    [InlineData("mkdir -p artifacts/lab; chmod 777 artifacts/lab")]
    [InlineData("mkdir -p artifacts/lab/facts; chown 65534 artifacts/lab/facts")]
    [InlineData("mkdir -p artifacts other; chown 65534 other; ln -s ../other artifacts/lab")]
    [Promise("Root uses no folder of a stranger", "the record, the lock, cached facts")]
    public void A_record_a_lock_and_cached_facts_lie_in_no_folder_of_a_stranger(string shell)
    {
        Shell(shell);

        Should.Throw<UserError>(() => ArtifactsFolder.RequireWritable(Sample.Cluster(directory) with { ArtifactsDirectory = directory.File("artifacts/lab") }))
            .Problem.ShouldContain("can't be trusted");
    }

    [Fact]
    [Promise("Root uses no folder of a stranger", "the folder of shared SSH connections, made before by another user, or a link")]
    public void Shared_connections_lie_in_no_folder_that_a_stranger_has_made_before()
    {
        var options = new SshOptions(Sample.Cluster(directory));
        Directory.CreateDirectory(options.ControlDirectory);
        Shell($"chown {Stranger} {options.ControlDirectory}");

        try
        {
            Should.Throw<UserError>(options.PrepareControlDirectory).Problem.ShouldContain($"{options.ControlDirectory} belongs to user {Stranger}");
            Directory.Delete(options.ControlDirectory);
            Directory.CreateSymbolicLink(options.ControlDirectory, Directory.CreateDirectory(directory.File("mine")).FullName);
            Shell($"chown -h {Stranger} {options.ControlDirectory}");
            Should.Throw<UserError>(options.PrepareControlDirectory);
        }
        finally
        {
            Shell($"rm -r {options.ControlDirectory}");
        }
    }

    [Fact]
    [Promise("Nothing is written through a link", "links where a log, a record and a temporary file will be")]
    public void Nothing_is_written_through_a_link_and_no_name_of_a_file_aside_can_be_guessed()
    {
        var victim = directory.Write("victim", "as it was");
        foreach (var link in new[] { "record.log", $".file.{Environment.ProcessId}", "private" })
            File.CreateSymbolicLink(directory.File(link), victim);

        Should.Throw<UserError>(() => new LogFile(directory.File("record.log"), text => text, "# log"));
        Should.Throw<IOException>(() => UnixFile.OpenPrivate(directory.File("private"), FileMode.Append));
        Aside.Write(directory.File("file"), "new");
        Aside.Write(directory.File("private"), "in the link's place");
        UnixFile.Write(directory.File("record.log"), "in the link's place", UnixFile.Private);

        File.ReadAllText(victim).ShouldBe("as it was");
        File.ReadAllText(directory.File("file")).ShouldBe("new");
        File.Exists(directory.File($".file.{Environment.ProcessId}")).ShouldBeTrue();
    }

    private void Shell(string script)
    {
        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = directory.Path })!;
        shell.WaitForExit();
        shell.ExitCode.ShouldBe(0);
    }
}
