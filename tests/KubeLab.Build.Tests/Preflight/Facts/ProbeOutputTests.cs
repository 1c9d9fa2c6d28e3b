using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

public class ProbeOutputTests
{
    private static readonly string Whole = SampleFacts.Answer(("user", "given"), ("files", "/proc/meminfo:MemTotal: 524288 kB\n/etc/hostname:n1"), ("python", "python3 Python 3.11"));

    [Fact]
    public void I_can_read_sections_behind_a_banner()
    {
        var output = ProbeOutput.Parse($"Welcome to node 1!\nMemTotal: 1 kB\nno line end\n{Whole}logout\n", "M");

        output.Complete.ShouldBeTrue();
        output["user"].ShouldBe(["given"]);
        output["files"].Count.ShouldBe(2);
        output.Broken.ShouldBeEmpty();
        output.Said.ShouldBeEmpty();
    }

    [Fact]
    public void I_see_what_was_said_between_the_probes_first_word_and_its_first_section() =>
        ProbeOutput.Parse(Whole.Replace("M hello\n", "M hello\nsudo: a password is required\n"), "M").Said.ShouldBe(["sudo: a password is required"]);

    [Theory]
    [InlineData("M end files", "M end nothing", "files", "its end is missing")]
    [InlineData("M begin files\n", "", "files", "its beginning is missing")]
    [InlineData("/etc/hostname:n1\n", "", "files", "34 bytes of it came, of 51")]
    [InlineData("524288", "5242880", "files", "52 bytes of it came, of 51")]
    [InlineData("M end files 51", "M end files", "files", "its end is missing")]
    [InlineData("M end files 51", "M end files many", "files", "51 bytes of it came, of many")]
    [InlineData("/etc/hostname", "M surprise\n/etc/hostname", "files", "another program's words stand in it")]
    public void I_see_what_is_wrong_with_a_section(string part, string with, string section, string expected)
    {
        var output = ProbeOutput.Parse(Whole.Replace(part, with), "M");

        output.Complete.ShouldBeFalse();
        output.Broken[section].ShouldBe(expected);
        output.Has(section).ShouldBeFalse();
        output["python"].ShouldBe(["python3 Python 3.11"]);
    }

    [Fact]
    public void I_see_that_a_section_is_missing()
    {
        var output = ProbeOutput.Parse(Whole.Replace(SampleFacts.Framed("user", "given"), ""), "M");

        output.Ended.ShouldBeFalse("the end counts the sections");
        output.Broken.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("user", "it did not come"));
    }

    [Fact]
    public void I_use_no_section_that_came_twice()
    {
        var output = ProbeOutput.Parse(Whole.Replace("M done", $"{SampleFacts.Framed("user", "given")}M done"), "M");

        output.Broken.ShouldHaveSingleItem().Key.ShouldBe("user");
        ProbeOutput.Parse(Whole + Whole, "M").Sections.ShouldBeEmpty();
        ProbeOutput.Parse(Whole + Whole, "M").Ended.ShouldBeFalse();
    }

    [Fact]
    public void I_use_no_section_that_came_out_of_order()
    {
        var (user, files) = (SampleFacts.Framed("user", "given"), SampleFacts.Framed("files", "a\nb"));
        var whole = SampleFacts.Answer(("user", "given"), ("files", "a\nb"));

        var output = ProbeOutput.Parse(whole.Replace(user + files, files + user), "M");

        output.Broken.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("user", "it came out of order"));
    }

    [Fact]
    public void I_take_nothing_of_another_probe() => ProbeOutput.Parse(Whole, "N").Began.ShouldBeFalse();

    [Theory]
    [InlineData("M done", "M don")]
    [InlineData("M done 1", "M done 2")]
    [InlineData("M done", "M done 3\nM done")]
    public void I_see_that_the_mark_of_the_end_is_missing(string part, string with)
    {
        var output = ProbeOutput.Parse(Whole.Replace(part, with), "M");

        output.Ended.ShouldBeFalse();
        output.Complete.ShouldBeFalse();
    }

    [Fact]
    public void I_can_read_what_came_through_a_terminal() => ProbeOutput.Parse(Whole.Replace("\n", "\r\n"), "M").Complete.ShouldBeTrue();

    // The node counts bytes; what is no UTF-8 comes as the sign for that.
    [Theory]
    [InlineData("NAME=Größe", 13, true)]
    [InlineData("NAME=Größe", 12, false)]
    [InlineData("NAME=Gr\ufffd\ufffde", 11, true)]
    [InlineData("NAME=Gr\ufffd\ufffde", 10, false)]
    public void I_can_read_what_is_no_ASCII(string line, int count, bool expected) =>
        ProbeOutput.Parse($"M begin files\n{line}\nM end files {count}\n", "M").Has("files").ShouldBe(expected);

    [Fact]
    public void I_cut_lines_that_no_rule_could_need() =>
        ProbeOutput.Parse(SampleFacts.Answer(("files", new string('x', 100_000))), "M")["files"][0].Length.ShouldBe(4096);
}
