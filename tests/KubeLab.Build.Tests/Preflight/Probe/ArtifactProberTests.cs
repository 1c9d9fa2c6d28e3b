using KubeLab.Ansible;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

/// <summary>The real program, run by a real Python on loopback against a server of files and a registry.</summary>
public sealed class ArtifactProberTests : IDisposable
{
    private const string Marker = "MARKER";

    private readonly SmallMirror mirror = new();

    public void Dispose() => mirror.Dispose();

    [Fact]
    public async Task A_node_says_of_each_file_whether_it_is_there_and_loads_none()
    {
        mirror.Answer = path => path == "/gone" ? (404, "") : (200, "content");
        mirror.Type = path => path == "/login" ? "text/html; charset=utf-8" : "application/octet-stream";

        var outcomes = await AskAsync(File("/there"), File("/gone"), File("/login"), new([$"http://127.0.0.1:{LoopbackSshd.FreePort()}/x"], false, true));

        outcomes.Take(3).ShouldBe(["there", "404 Not Found", "page"]);
        outcomes[3].ShouldContain("refused");
        mirror.Requests.ShouldAllBe(request => request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_is_asked_for_at_each_of_its_places_until_one_has_it()
    {
        mirror.Answer = path => path == "/v2/calico/node/manifests/v3" ? (200, "{}") : (404, "");
        var dead = $"http://127.0.0.1:{LoopbackSshd.FreePort()}";

        var outcomes = await AskAsync(Image($"{dead}/v2/calico/node/manifests/v3", $"{mirror.Address}/v2/calico/node/manifests/v3"), Image($"{mirror.Address}/v2/calico/node/manifests/v4"));

        outcomes.ShouldBe(["there", "404 Not Found"]);
    }

    [Fact]
    public async Task A_registry_that_wants_a_token_of_anybody_is_given_one()
    {
        mirror.Answer = path => path == "/token" ? (200, """{"token": "anybody"}""") : (401, "");
        mirror.Challenge = (path, token) => token == "Bearer anybody" ? null : $"Bearer realm=\"{mirror.Address}/token\",service=\"registry\",scope=\"repository:calico/node:pull\"";

        (await AskAsync(Image($"{mirror.Address}/v2/calico/node/manifests/v3"))).ShouldBe(["there"]);

        mirror.Challenge = (_, _) => "Basic realm=\"here\"";
        (await AskAsync(Image($"{mirror.Address}/v2/calico/node/manifests/v3"))).ShouldBe(["401 Unauthorized"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MARKER end 2\n")]
    [InlineData("MARKER 0 there\nMARKER end 2\n")]
    [InlineData("MARKER 0 there\nMARKER 0 there\nMARKER end 2\n")]
    [InlineData("MARKER 0 there\nMARKER 1 there\nMARKER end 2")]
    [InlineData("MARKER 0 there\nMARKER 1\nMARKER end 2\n")]
    [InlineData("0 there\n1 there\nend 2\n")]
    public void An_answer_that_is_damaged_says_nothing(string output)
    {
        var answers = ArtifactAnswers.Parse(output, Marker, [Download("a"), Download("b")]);

        answers.Outcomes.ShouldBeEmpty();
        answers.Failure.ShouldNotBeNull();
    }

    private static Download Download(string name) => new(name, $"https://dl.example/{name}", null, null, []);

    private ArtifactQuestion File(string path) => new([mirror.Address + path], IsImage: false, Verifies: true);

    private static ArtifactQuestion Image(params string[] urls) => new(urls, IsImage: true, Verifies: false);

    private static async Task<IReadOnlyList<string>> AskAsync(params ArtifactQuestion[] questions)
    {
        Programs.Require("python3");
        var command = ArtifactProber.For(questions, "/nowhere/python3", Marker);
        var result = await new CommandRunner().RunAsync(new CommandLine(command.Words[0], [.. command.Words.Skip(1)]) { StandardInput = command.StandardInput });
        var answers = ArtifactAnswers.Parse(result.StandardOutput, Marker, [.. questions.Select((_, number) => Download($"{number}"))]);
        answers.Failure.ShouldBeNull(result.StandardError);
        return [.. answers.Outcomes.Select(each => each.Outcome)];
    }
}
