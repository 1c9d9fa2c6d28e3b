using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class ProbeOutputTests
{
    [Fact]
    public void I_can_read_sections_behind_a_banner()
    {
        var output = ProbeOutput.Parse("Welcome to node 1!\nMemTotal: 1 kB\n\nM section user\n0\n\nM section cpus\n4\n\nM end\n", "M");

        output.Complete.ShouldBeTrue();
        output["user"].ShouldBe(["0"]);
        output["cpus"].ShouldBe(["4"]);
        output.Sections.Count.ShouldBe(2);
    }

    [Fact]
    public void I_can_read_a_section_that_follows_a_banner_without_a_line_end()
    {
        var output = ProbeOutput.Parse("last login: never\nM section user\n1000\n\nM end\n", "M");

        output["user"].ShouldBe(["1000"]);
    }

    [Fact]
    public void I_see_that_an_output_was_cut_off_and_that_half_a_line_is_dropped()
    {
        var output = ProbeOutput.Parse("M section files\n/proc/meminfo:MemTotal: 2097152 kB\n/proc/meminfo:MemFree: 12", "M");

        output.Complete.ShouldBeFalse();
        output["files"].ShouldBe(["/proc/meminfo:MemTotal: 2097152 kB"]);
    }

    [Fact]
    public void I_take_the_last_of_sections_that_repeat()
    {
        var output = ProbeOutput.Parse("M section user\n0\nM section refused\nsudo\nM section user\n1000\nM end\n", "M");

        output["user"].ShouldBe(["1000"]);
        output.Has("refused").ShouldBeTrue();
    }

    [Fact]
    public void I_ignore_what_comes_behind_the_end()
    {
        var output = ProbeOutput.Parse("M section user\n0\nM end\nlogout\nM nonsense\n", "M");

        output["user"].ShouldBe(["0"]);
    }

    [Fact]
    public void I_cut_lines_that_no_rule_could_need()
    {
        var output = ProbeOutput.Parse($"M section files\n{new string('x', 100_000)}\nM end\n", "M");

        output["files"][0].Length.ShouldBe(4096);
    }
}
