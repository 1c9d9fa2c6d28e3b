using CsCheck;
using KubeLab.Preflight;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

public class ClockOffsetTests
{
    [Fact]
    public void An_answer_that_comes_back_at_once_tells_the_offset()
    {
        var offset = ClockOffset.From(new ClockReading(1012, 0, TimeSpan.FromSeconds(0.1)), started: 1000 - 0.1, ended: 1000);

        offset.Seconds.ShouldBe(12, tolerance: 1e-6);
        (offset.Most - offset.Least).ShouldBe(0, tolerance: 1e-6);
    }

    [Fact]
    public void The_true_offset_lies_within_the_bounds_whatever_the_round_trip_took() =>
        Gen.Select(Gen.Double[-100, 100], Gen.Double[0, 5], Gen.Double[0, 1], Gen.Double[0, 5]).Sample((truth, connect, probe, back) =>
        {
            const double started = 1_700_000_000;
            var read = started + connect + probe;
            var offset = ClockOffset.From(new ClockReading(read + truth, 0, TimeSpan.FromSeconds(probe)), started, read + back);

            offset.Least.ShouldBeLessThanOrEqualTo(truth + 1e-5);
            offset.Most.ShouldBeGreaterThanOrEqualTo(truth - 1e-5);
        });

    [Fact]
    public void A_date_without_fractions_widens_the_bounds_by_a_second()
    {
        var offset = ClockOffset.From(new ClockReading(1000, 1, TimeSpan.Zero), started: 1000.7, ended: 1000.7);

        offset.Least.ShouldBeLessThanOrEqualTo(0);
        offset.Most.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void The_middle_clock_is_the_reference()
    {
        ClockReference.Among([At(0.1), At(0.2), At(60)]).ShouldBe(0.2);
        ClockReference.Among([At(-60), At(0.1)]).ShouldBe(0);
        ClockReference.Among([At(45)]).ShouldBe(45);
        ClockReference.Among([]).ShouldBe(0);
    }

    private static ProbedNode At(double offset) =>
        new(Machines.Nodes.Node("n", ["kube_node"])) { ClockOffset = new ClockOffset(offset, offset, offset) };
}
