namespace KubeLab.Tests.Checks;

public class CheckChoiceTests
{
    private static readonly string[] Preflight = ["memory", "clock"];
    private static readonly string[] Smoke = ["dns", "nodes-ready"];

    [Fact]
    public void I_choose_among_the_checks_of_one_target_and_the_other_one_stays_whole()
    {
        var choice = new CheckChoice(["dns"], []);

        choice.Verify([.. Preflight, .. Smoke]);

        choice.Only(Smoke).ShouldBe(["dns"]);
        choice.Only(Preflight).ShouldBeEmpty();
    }

    [Fact]
    public void I_leave_out_checks_of_both_targets_at_once()
    {
        var choice = new CheckChoice([], ["memory", "dns"]);

        choice.Verify([.. Preflight, .. Smoke]);

        choice.Except(Preflight).ShouldBe(["memory"]);
        choice.Except(Smoke).ShouldBe(["dns"]);
    }

    [Fact]
    public void I_am_told_the_nearest_check_where_no_target_has_the_one_that_I_named() =>
        Should.Throw<UserError>(() => new CheckChoice([], ["memry"]).Verify([.. Preflight, .. Smoke]))
            .Message.ShouldStartWith("--skip-checks: there is no check memry. Did you mean memory?");

    [Fact]
    public void I_am_told_that_a_check_belongs_to_no_target_that_runs() =>
        Should.Throw<UserError>(() => new CheckChoice(["memory"], []).Verify(Smoke)).Message.ShouldContain("The checks are: dns, nodes-ready");
}
