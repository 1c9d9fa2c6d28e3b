using KubeLab.Lifecycle;

namespace KubeLab.Tests.Lifecycle;

public sealed class DrillReportTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private static readonly DrillReport Good = new(
        "/b.tar", At, 7, "u", true, "k8s-m0", "1.35.4", "3.5.26", 20, 0, 7, "u", Kinds(("secrets", 2), ("configmaps", 40)),
        Kinds(("secrets", 2), ("configmaps", 40)), Kinds(("secrets", 2), ("configmaps", 41)), null, "a/b", "k8s:enc:aescbc:", true, null, true, null, true);

    [Fact]
    public void A_backup_that_is_proven_has_nothing_but_passed_checks() =>
        Good.Findings(At.AddHours(5)).ShouldAllBe(finding => finding.Status == FindingStatus.Passed);

    [Fact]
    public void A_Secret_that_is_not_decrypted_is_a_failure_and_none_to_read_or_one_in_clear_is_no_proof()
    {
        Of(Good with { IsDecrypted = false, Refusal = "no matching key" }, "secret").ShouldSatisfyAllConditions(
            finding => finding.Status.ShouldBe(FindingStatus.Failed), finding => finding.Message.ShouldBe("the Secret a/b can't be read: no matching key"));
        Of(Good with { Secret = null, IsDecrypted = false }, "secret").ShouldSatisfyAllConditions(
            finding => finding.Status.ShouldBe(FindingStatus.Warning), finding => finding.Unknown.ShouldBeTrue());
        Of(Good with { Form = null }, "secret").ShouldSatisfyAllConditions(
            finding => finding.Status.ShouldBe(FindingStatus.Warning), finding => finding.Unknown.ShouldBeTrue());
        Of(Good with { Form = null, IsEncrypted = false }, "secret").Status.ShouldBe(FindingStatus.Passed);
    }

    [Fact]
    public void What_the_API_server_does_not_read_is_a_failure()
    {
        Of(Good with { Read = Kinds(("secrets", 1), ("configmaps", 40)), Unread = "Internal error" }, "read").ShouldSatisfyAllConditions(
            finding => finding.Status.ShouldBe(FindingStatus.Failed), finding => finding.Message.ShouldBe("it reads only 1 of 2 secrets: Internal error"));
        Of(Good with { Unread = "Internal error" }, "read").Status.ShouldBe(FindingStatus.Failed);
        Of(Good with { Revision = null }, "etcd").Status.ShouldBe(FindingStatus.Failed);
        Of(Good with { Objects = Kinds() }, "etcd").Status.ShouldBe(FindingStatus.Failed);
        Of(Good with { Uid = null }, "cluster").Status.ShouldBe(FindingStatus.Failed);
        Of(Good with { BackupUid = "" }, "cluster").Unknown.ShouldBeTrue();
        Of(Good with { IsGone = false }, "gone").Status.ShouldBe(FindingStatus.Failed);
    }

    [Fact]
    public void A_little_change_since_the_backup_is_expected_and_much_is_not_and_events_do_not_count()
    {
        var little = Of(Good with { Living = Kinds(("secrets", 3), ("configmaps", 40), ("events", 900)) }, "counts");
        (little.Status, little.Message).ShouldBe((FindingStatus.Passed, "the backup is of 2026-11-30 12:00:00 UTC, 60 min ago, and little has changed since: secrets 2 (now 3)"));
        var much = Of(Good with { Living = Kinds(("secrets", 2), ("configmaps", 4)) }, "counts");
        (much.Status, much.Message).ShouldBe((FindingStatus.Warning, "the backup is of 2026-11-30 12:00:00 UTC, 60 min ago, and much has changed since: configmaps 40 (now 4)"));
        Of(Good with { Living = null }, "counts").ShouldSatisfyAllConditions(
            finding => finding.Status.ShouldBe(FindingStatus.Warning), finding => finding.Unknown.ShouldBeTrue());
    }

    [Fact]
    public void A_clock_that_is_off_and_a_backup_from_the_future_are_told()
    {
        Of(Good with { ClockOffsetSeconds = -3600 }, "clock").Message.ShouldBe("k8s-m0's clock is 3600 s behind this machine's");
        Of(Good with { TakenAt = At.AddHours(2) }, "clock").Message.ShouldBe("the backup is of 2026-11-30 14:00:00 UTC, and it is 2026-11-30 13:00:00 UTC by this machine's clock");
        Of(Good with { ClockOffsetSeconds = null }, "clock").ShouldSatisfyAllConditions(
            finding => finding.Status.ShouldBe(FindingStatus.Warning), finding => finding.Unknown.ShouldBeTrue());
        Of(Good with { AdminAccepted = false, AdminRefusal = "expired" }, "admin").Status.ShouldBe(FindingStatus.Warning);
        Of(Good with { AdminAccepted = null }, "admin").Status.ShouldBe(FindingStatus.Skipped);
    }

    private static Finding Of(DrillReport report, string check) => report.Findings(At.AddHours(1)).Single(finding => finding.Check == $"drill-{check}");

    private static Dictionary<string, int> Kinds(params (string Kind, int Count)[] kinds) => kinds.ToDictionary(each => each.Kind, each => each.Count);
}
