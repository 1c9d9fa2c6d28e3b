namespace KubeLab.Tests.Machines;

/// <summary>Folders for what is needed for the time of a run.</summary>
public sealed class TemporaryFolderTests
{
    private readonly string kind = $"test{Guid.NewGuid():N}";

    [Fact]
    public void I_find_nothing_of_it_afterwards()
    {
        var folder = new TemporaryFolder(kind);
        File.WriteAllText(Path.Combine(folder.Path, "file"), "a secret");

        folder.Dispose();

        Directory.Exists(folder.Path).ShouldBeFalse();
    }

    [Fact]
    [Promise("No secret leaves KubeLab", "kill -9: what is left among the temporary folders goes with the next run, what lives stays")]
    public void What_a_killed_run_has_left_goes_with_the_next_one_and_what_is_in_use_stays()
    {
        // Arrange: the kernel lets go of a dead process' lock, so that its folder is one that nobody holds.
        using var living = new TemporaryFolder(kind);
        var abandoned = Directory.CreateTempSubdirectory($"kubelab-{kind}-");
        File.WriteAllText(Path.Combine(abandoned.FullName, ".lock"), "");
        File.WriteAllText(Path.Combine(abandoned.FullName, "extra-vars.json"), "a secret");
        Directory.SetLastWriteTimeUtc(abandoned.FullName, DateTime.UnixEpoch);
        var beginning = Directory.CreateTempSubdirectory($"kubelab-{kind}-");
        var open = Directory.CreateTempSubdirectory($"kubelab-{kind}-");
        File.WriteAllText(Path.Combine(open.FullName, ".lock"), "");
        File.SetUnixFileMode(open.FullName, (UnixFileMode)0b111_111_111);
        Directory.SetLastWriteTimeUtc(open.FullName, DateTime.UnixEpoch);
        using var elsewhere = new TemporaryDirectory();
        elsewhere.Write(".lock", "");
        Directory.SetLastWriteTimeUtc(elsewhere.Path, DateTime.UnixEpoch);
        var link = Directory.CreateSymbolicLink(Path.Combine(Path.GetTempPath(), $"kubelab-{kind}-link"), elsewhere.Path);
        Directory.SetLastWriteTimeUtc(living.Path, DateTime.UnixEpoch);

        // Act
        new TemporaryFolder(kind).Dispose();

        // Assert
        Directory.Exists(abandoned.FullName).ShouldBeFalse();
        Directory.Exists(living.Path).ShouldBeTrue();
        Directory.Exists(beginning.FullName).ShouldBeTrue("it has no lock yet");
        Directory.Exists(open.FullName).ShouldBeTrue("others may write there");
        File.Exists(elsewhere.File(".lock")).ShouldBeTrue("a link leads there");
        link.Delete();
        beginning.Delete();
        open.Delete(recursive: true);
    }
}
