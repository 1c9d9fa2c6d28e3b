using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using KubeLab.Clusters;
using KubeLab.Lifecycle;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lifecycle;

public sealed class BackupArchiveTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Data = RandomNumberGenerator.GetBytes(5000);
    private static readonly CommandRunner Commands = new();
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_get_back_what_was_written()
    {
        var file = await WriteAsync();
        List<string> names = [];

        var manifest = await BackupArchive.ReadAsync(Commands, file, null, (name, _, _) =>
        {
            names.Add(name);
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken);

        manifest.Cluster.ShouldBe("mine");
        names.ShouldBe(["snapshot.db", "inventory/a"]);
    }

    [Theory]
    [InlineData("", "is empty: 0 bytes")]
    [InlineData("no tar", "is damaged, cut off, or no backup of KubeLab")]
    [InlineData("age-encryption.org/v1\n-> X25519", "is encrypted, and no identity is given")]
    public async Task What_is_no_backup_is_refused(string text, string problem) =>
        (await RefusedAsync(directory.Write("backup", text))).ShouldContain(problem);

    [Fact]
    public async Task A_file_that_is_not_there_is_refused() =>
        (await RefusedAsync(directory.File("none"))).ShouldContain("can't be read");

    [Fact]
    public async Task A_backup_that_is_cut_off_anywhere_or_has_another_byte_anywhere_that_counts_is_refused()
    {
        var bytes = await File.ReadAllBytesAsync(await WriteAsync(), TestContext.Current.CancellationToken);
        var end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        foreach (var length in Enumerable.Range(0, 60).Select(part => end * part / 60))
        {
            await File.WriteAllBytesAsync(directory.File("cut"), bytes[..length], TestContext.Current.CancellationToken);
            (await RefusedAsync(directory.File("cut"))).ShouldNotBeEmpty();
        }

        var data = bytes.AsSpan().IndexOf(Data);
        foreach (var at in Enumerable.Range(0, 50).Select(part => data + (Data.Length * part / 50)))
        {
            var bent = bytes.ToArray();
            bent[at] ^= 0x10;
            await File.WriteAllBytesAsync(directory.File("bent"), bent, TestContext.Current.CancellationToken);
            (await RefusedAsync(directory.File("bent"))).ShouldContain("a file in it is not as it was written");
        }
    }

    [Fact]
    public async Task Any_bytes_end_in_a_plain_refusal()
    {
        var bytes = await File.ReadAllBytesAsync(await WriteAsync(), TestContext.Current.CancellationToken);
        var random = new Random(18);
        foreach (var _ in Enumerable.Range(0, 400))
        {
            var bent = bytes.ToArray();
            for (var change = random.Next(1, 20); change > 0; change--)
                bent[random.Next(bent.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(directory.File("bent"), bent, TestContext.Current.CancellationToken);
            try
            {
                await BackupArchive.ReadAsync(Commands, directory.File("bent"), null, cancellationToken: TestContext.Current.CancellationToken);
            }
            catch (UserError)
            {
            }
        }
    }

    [Fact]
    public async Task A_newer_format_and_a_tar_of_something_else_are_refused()
    {
        (await RefusedAsync(await WriteAsync(manifest => manifest.Replace("\"version\": 1", "\"version\": 2")))).ShouldContain("it has version 2, and this KubeLab knows versions up to 1");
        await using (var other = new TarWriter(File.Create(directory.File("other.tar"))))
            await other.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "README") { DataStream = new MemoryStream([1]) }, TestContext.Current.CancellationToken);
        (await RefusedAsync(directory.File("other.tar"))).ShouldContain("it begins with README");
    }

    [Fact]
    public async Task An_encrypted_one_is_read_with_its_identity_alone_and_not_where_it_is_cut_off()
    {
        Programs.Require("age-keygen");
        foreach (var name in new[] { "mine", "another" })
            (await Commands.RunAsync(CommandLine.Of("age-keygen", "-o", directory.File(name)))).EnsureSucceeded("age-keygen");
        var recipient = (await Commands.RunAsync(CommandLine.Of("age-keygen", "-y", directory.File("mine")))).StandardOutput.Trim();
        await using (var file = File.Create(directory.File("backup.age")))
            await AgeCipher.EncryptAsync(Commands, recipient, file, (stream, token) => WriteAsync(stream, text => text, token), TestContext.Current.CancellationToken);

        (await ReadAsync("mine", "backup.age")).Cluster.ShouldBe("mine");

        (await Should.ThrowAsync<UserError>(() => ReadAsync("another", "backup.age"))).Problem.ShouldContain("no identity matched any of the recipients");
        var bytes = await File.ReadAllBytesAsync(directory.File("backup.age"), TestContext.Current.CancellationToken);
        foreach (var length in new[] { 40, 200, bytes.Length / 2, bytes.Length - 1 })
        {
            await File.WriteAllBytesAsync(directory.File("cut.age"), bytes[..length], TestContext.Current.CancellationToken);
            (await Should.ThrowAsync<UserError>(() => ReadAsync("mine", "cut.age"))).Problem.ShouldContain("cut.age can't be decrypted");
        }

        Task<BackupManifest> ReadAsync(string identity, string file) =>
            BackupArchive.ReadAsync(Commands, directory.File(file), directory.File(identity), cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_newest_stay_whatever_their_age_and_the_others_as_long_as_they_are_young()
    {
        using var store = StoreOf(Now.AddDays(-1), Now.AddDays(-2), Now.AddDays(-20), Now.AddDays(-40), Now.AddDays(-50));

        var removed = store.Prune(NameOf(Now.AddDays(-1)), 2, TimeSpan.FromDays(30), Now);

        removed.ShouldBe([NameOf(Now.AddDays(-40)), NameOf(Now.AddDays(-50))]);
    }

    [Fact]
    public void A_clock_that_is_off_removes_neither_the_last_ones_nor_the_one_just_written()
    {
        var (written, later) = (Now.AddHours(-1), Now);
        using var store = StoreOf(written, later, Now.AddDays(-1));

        // An hour behind: others seem to be younger; then years ahead: all seem to be old.
        store.Prune(NameOf(written), 1, TimeSpan.FromDays(30), written).ShouldBeEmpty();
        store.Prune(NameOf(written), 3, TimeSpan.FromDays(30), Now.AddYears(30)).ShouldBeEmpty();
        store.Prune(NameOf(written), 1, TimeSpan.FromDays(30), Now.AddYears(30)).ShouldNotContain(NameOf(written));
    }

    [Fact]
    public async Task A_backup_of_the_same_second_is_not_written_over()
    {
        using var store = StoreOf(Now);

        var error = await Should.ThrowAsync<UserError>(() => store.WriteAsync(
            Now, false, stream => stream.WriteAsync(Data).AsTask(), _ => Task.CompletedTask, TestContext.Current.CancellationToken));

        error.Remedy!.ShouldContain("The backups of before are as they were");
        (await File.ReadAllTextAsync(NameOf(Now), TestContext.Current.CancellationToken)).ShouldBe("a backup");
    }

    [Theory]
    [InlineData("etcd-2026-11-30T12-00-00Z.tar", true)]
    [InlineData("etcd-2026-11-30T12-00-00Z.tar.age", true)]
    [InlineData("etcd-2026-13-30T12-00-00Z.tar", false)]
    [InlineData("etcd-2026-11-30T12-00-00Z.tar.gz", false)]
    [InlineData("etcd-.tar", false)]
    [InlineData("notes", false)]
    public void Only_a_backup_has_the_name_of_one(string name, bool isOne) =>
        (BackupStore.TakenAt($"/backups/{name}") is not null).ShouldBe(isOne);

    [Theory]
    [InlineData(null, false, "Whom the backup is encrypted to isn't said")]
    [InlineData("age1", true, "--unencrypted is given, and a recipient too")]
    [InlineData("age1", false, null)]
    [InlineData(null, true, null)]
    public void How_it_is_written_has_to_be_said(string? recipient, bool unencrypted, string? problem)
    {
        var cluster = new Cluster("mine", "/inventory", "/inventory/inventory.ini", new ClusterSettings { Backup = new BackupSettings { Recipient = recipient } }, "/artifacts");

        var require = () => BackupConsent.Require(cluster, unencrypted);

        if (problem is null)
            require.ShouldNotThrow();
        else
            require.ShouldThrow<UserError>().Problem.ShouldStartWith(problem);
    }

    public void Dispose() => directory.Dispose();

    private BackupStore StoreOf(params DateTimeOffset[] times)
    {
        foreach (var time in times)
            directory.Write($"backups/{Path.GetFileName(NameOf(time))}", "a backup");
        return BackupStore.Open(directory.File("backups"));
    }

    private string NameOf(DateTimeOffset time) => directory.File($"backups/etcd-{time:yyyy-MM-dd'T'HH-mm-ss}Z.tar");

    private static async Task<string> RefusedAsync(string file) =>
        (await Should.ThrowAsync<UserError>(() => BackupArchive.ReadAsync(Commands, file, null, cancellationToken: TestContext.Current.CancellationToken))).Problem;

    private async Task<string> WriteAsync(Func<string, string>? change = null)
    {
        await using var file = File.Create(directory.File("backup.tar"));
        await WriteAsync(file, change ?? (text => text), TestContext.Current.CancellationToken);
        return directory.File("backup.tar");
    }

    private static async Task WriteAsync(Stream stream, Func<string, string> change, CancellationToken token)
    {
        var manifest = new BackupManifest(
            "mine", EtcdMachines.Uid, Now, "kubespray v2.31.0", null, "1.35.4", "k8s-m0", new Version(3, 5, 21), null, null,
            new EtcdSnapshot(1, 2, 3, Data.Length, Convert.ToHexStringLower(SHA256.HashData(Data)), "etcdctl"), ["k8s-m0"], []);
        await using var writer = new BackupArchive.Writer(stream);
        await writer.AddAsync(BackupManifest.FileName, change(RecordJson.Write(manifest)), token);
        await writer.AddAsync(new PaxTarEntry(TarEntryType.RegularFile, "snapshot.db") { DataStream = new MemoryStream(Data) }, "snapshot.db", "", token);
        await writer.AddAsync("inventory/a", "text", token);
        await writer.CompleteAsync(token);
    }
}
