using CsCheck;

namespace KubeLab.Tests.Commands;

public class ShellWordsTests
{
    [Theory]
    [InlineData("plain/word:1,2", "plain/word:1,2")]
    [InlineData("two words", "'two words'")]
    [InlineData("", "''")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$HOME", "'$HOME'")]
    public void I_can_paste_a_word_into_a_shell(string word, string quoted) => ShellWords.Quote(word).ShouldBe(quoted);

    [Fact]
    public void I_can_split_words_as_a_shell_does() =>
        ShellWords.Split("-o ProxyCommand='ssh -W %h:%p \"jump\"' -o \"A B\" c\\ d ''")
            .ShouldBe(["-o", "ProxyCommand=ssh -W %h:%p \"jump\"", "-o", "A B", "c d", ""]);

    [Theory]
    [InlineData("'open")]
    [InlineData("\"open")]
    [InlineData("end\\")]
    public void I_am_told_that_a_quotation_is_not_closed(string text) => Should.Throw<FormatException>(() => ShellWords.Split(text));

    [Fact]
    public void I_get_back_the_words_that_I_quoted() =>
        Gen.String[Gen.Char[' ', '~'], 0, 12].Array[0, 6].Sample(words =>
            ShellWords.Split(string.Join(' ', words.Select(ShellWords.Quote))).SequenceEqual(words));
}
