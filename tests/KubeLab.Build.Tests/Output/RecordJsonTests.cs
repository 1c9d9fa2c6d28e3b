using System.Text;
using System.Text.Json;

namespace KubeLab.Tests.Output;

public class RecordJsonTests
{
    private sealed record Note(string Text, int Version = 2);

    [Theory]
    [InlineData("""{"version": 2, "text": "a"}""")]
    [InlineData("""{"text": "a", "more": {"version": 9}, "list": [1, {"x": 2}], "version": 1}""")]
    [InlineData("""{"Version": 2, "Text": "a"}""")]
    public void I_can_read_a_record_wherever_its_version_stands(string json) => Read(json).Text.ShouldBe("a");

    [Theory]
    [InlineData("""{"version": 3, "text": "a"}""", "it has version 3, and this KubeLab knows versions up to 2")]
    [InlineData("""{"text": "a"}""", "it tells no version")]
    [InlineData("""{"version": "2", "text": "a"}""", "its version is no number")]
    [InlineData("""{"version": 2.5, "text": "a"}""", "its version is no number")]
    [InlineData("null", "it is no object")]
    [InlineData("[2]", "it is no object")]
    public void A_record_of_another_kind_is_refused(string json, string reason) =>
        Should.Throw<JsonException>(() => Read(json)).Message.ShouldBe(reason);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"text": """)]
    [InlineData("""{"version": 2, "text": "a" """)]
    [InlineData("""{"version": 2, "text": null}""")]
    [InlineData("\0\u00ff")]
    public void A_record_that_is_cut_off_is_refused(string json) => Should.Throw<JsonException>(() => Read(json));

    private static Note Read(string json) => RecordJson.Read<Note>(Encoding.UTF8.GetBytes(json), newest: 2);
}
