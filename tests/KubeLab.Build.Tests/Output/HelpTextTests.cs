namespace KubeLab.Tests.Output;

public class HelpTextTests
{
    private static readonly HelpSection First = new(
        "First",
        [
            new("Deploy (default)", "All of it."),
            new("--so", "One word after the other, up to the end of the line and then on in the next one, below the first"),
        ]);
    private static readonly HelpSection Then = new("Then", [new("Reset", "Nothing is left")]);

    [Fact]
    public void I_read_names_in_a_column_and_texts_beside_them_as_sentences() => new HelpText(coloured: false).Sections("Targets", [First, Then]).ToString().ShouldBe(
        """
        Targets

        First
          Deploy (default)  All of it.
          --so              One word after the other, up to the end of the line and then on in the next one,
                            below the first.

        Then
          Reset             Nothing is left.


        """);

    [Fact]
    public void Headings_stand_out_on_a_terminal()
    {
        new HelpText(coloured: true).Sections("Targets", [Then]).ToString().ShouldStartWith("\e[1mTargets\e[0m\n\n\e[36mThen\e[0m\n");
        new HelpText(coloured: false).Sections("Targets", [Then]).ToString().ShouldNotContain('\e');
    }

    [Fact]
    public void I_read_the_targets_of_a_plan_in_their_order() => new HelpText(coloured: false).Plan([new("Fetch", "needed by Deploy"), new("Deploy", "the default")]).ToString().ShouldBe(
        """
        Plan:
           1. Fetch   needed by Deploy
           2. Deploy  the default

        """);
}
