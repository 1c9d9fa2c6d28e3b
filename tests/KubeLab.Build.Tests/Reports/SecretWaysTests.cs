using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using KubeLab.Ansible;
using KubeLab.Clusters;
using KubeLab.Diagnosis;
using KubeLab.Records;
using KubeLab.Reports;
using KubeLab.Runs;
using KubeLab.Tests.Clusters;
using KubeLab.Tests.Machines;
using Spectre.Console;

namespace KubeLab.Tests.Reports;

/// <summary>Secrets by chance through every way in, told in every notation, and every way out looked at. CsCheck shows the seed of
/// what fails.</summary>
public class SecretWaysTests
{
    private const int WaysIn = 8;
    private const int Sets = 40;

    private static readonly Gen<string> Secret = Gen.String[
        Gen.Frequency((30, Gen.Char['!', '~']), (2, Gen.Const(' ')), (3, Gen.Char["'\"\\&<>%$/+@"]), (1, Gen.Char["äß€é"])), 10, 40]
        .Where(text => text.Trim() == text && !text.Contains("{{") && !text.Contains("{%") && text.Count(char.IsLetterOrDigit) > 4);

    private static readonly string[] Outputs =
    [
        "terminal", "plain", "table", "play", "raw", "live", "exception", "crash", "argv", "annotation", "summary", "commands.txt", "ansible.log", "events.jsonl", "explanations.json", "run.json",
        "smoke.json", "k8s-m0.log", "report.json", "junit.xml", "summary.md", "report.html",
    ];

    [Fact]
    [Promise("No secret leaves KubeLab", "eight random secrets, each by another way in, told in 18 notations, 22 outputs searched", Tries = Sets)]
    public void No_secret_comes_out_in_any_notation_whichever_way_it_came_in() =>
        Secret.Array[WaysIn].Sample(
            secrets =>
            {
                using var directory = new TemporaryDirectory();
                var mask = Known(directory, secrets);
                var said = string.Join(" ", secrets.SelectMany(Notations).Select(notation => $"[{notation.Told}]"));

                var outputs = Told(directory, mask, said, secrets[0]);

                outputs.Keys.ShouldBe(Outputs, ignoreOrder: true);
                foreach (var (output, text) in outputs)
                {
                    for (var way = 0; way < secrets.Length; way++)
                    {
                        foreach (var (_, core) in Notations(secrets[way]))
                            text.Contains(core, StringComparison.Ordinal).ShouldBeFalse($"{output} tells the secret of way {way} ({secrets[way]}) as {core}");
                    }
                }
            },
            iter: Sets, threads: 1);

    // Extra variables, group_vars, a vaulted file, a proxy, a registry, become, a kubeconfig and the environment.
    private static SecretMask Known(TemporaryDirectory directory, string[] secrets)
    {
        var node = new Node("k8s-m0", new HashSet<string>(), new Dictionary<string, JsonElement>
        {
            ["db_password"] = JsonSerializer.SerializeToElement(secrets[1]),
            ["containerd_registry_auth"] = JsonSerializer.SerializeToElement(new[] { new { registry = "192.0.2.5", password = secrets[4] } }),
        });
        var mask = new SecretMask();
        mask.Add(SecretSources.OfExtraVariables(JsonSerializer.Serialize(new { my_token = secrets[0] })));
        mask.Add(SecretSources.OfInventory(new Inventory("/x", [node], [], new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, IReadOnlyList<string>>())));
        mask.Add(SecretSources.OfEncryptedFile($"greeting: {JsonSerializer.Serialize(secrets[2])}\n"));
        mask.Add(SecretSources.OfSettings(new ClusterSettings { Become = new BecomeSettings { PasswordFile = directory.Write("become", $"{secrets[5]}\n") } }));
        mask.Add(SecretSources.OfKubeconfig(directory.Write("admin.conf", $"users: [{{ name: admin, user: {{ token: {JsonSerializer.Serialize(secrets[6])} }} }}]\n")));
        mask.Add(SecretSources.OfEnvironment(new Dictionary<string, string>
        {
            ["https_proxy"] = $"http://me:{Uri.EscapeDataString(secrets[3])}@192.0.2.9:3128",
            ["MY_API_KEY"] = secrets[7],
        }));
        return mask;
    }

    // What is told, and what of it must not come out: of Base64, the characters that are the secret's alone.
    private static IEnumerable<(string Told, string Core)> Notations(string secret)
    {
        var python = Python(secret);
        foreach (var text in new[]
        {
            secret, JsonSerializer.Serialize(secret)[1..^1], JsonSerializer.Serialize(secret, RecordJson.Options)[1..^1], python, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret),
            ShellWords.Quote(secret) is ['\'', .. var quoted, '\''] ? quoted : secret, secret.Replace("'", """'"'"'"""), secret.Replace("'", "''"), python.Replace(@"\u00", @"\x"), WebUtility.HtmlEncode(secret),
            secret.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;").Replace("'", "&#x27;"),
        })
        {
            if (!text.Contains(@"\x") || !secret.Any(each => each > '~'))
                yield return (text, text);
        }

        foreach (var before in new[] { "", "u", "u:" })
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{secret}:z"));
            var bytes = Encoding.UTF8.GetByteCount(secret);
            var core = encoded[((before.Length * 8 + 5) / 6)..((before.Length + bytes) * 8 / 6)];
            yield return (encoded, core);
            yield return (encoded.Replace('+', '-').Replace('/', '_'), core.Replace('+', '-').Replace('/', '_'));
        }
    }

    // As Ansible's callback writes its JSON.
    private static string Python(string text) => string.Concat(text.Select(each => each switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        > '~' => $@"\u{(int)each:x4}",
        _ => $"{each}",
    }));

    private static Dictionary<string, string> Told(TemporaryDirectory directory, SecretMask mask, string said, string extra)
    {
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["terminal"] = OnConsole(AnsiSupport.Yes, mask, log =>
            {
                log.Warning(said);
                log.Render(new LiveScreen(new RunState([]), null, log.Mask).Draw(DateTimeOffset.UnixEpoch, 100, 5));
            }),
            ["plain"] = OnConsole(AnsiSupport.No, mask, log => log.Info(said)),
            ["table"] = OnConsole(AnsiSupport.No, mask, log =>
            {
                var table = new ConsoleTable("node").Wide("said");
                table.Row("k8s-m0", said);
                table.Show(log);
            }),
            ["play"] = Viewed(mask, said, log => new PlainView(log, new RunState([]), null, TimeProvider.System, groups: true)),
            ["raw"] = Viewed(mask, said, log => new RawView(log, TimeProvider.System)),
            ["live"] = Viewed(mask, said, log => new LiveView(log, new RunState([]), null, TimeProvider.System), AnsiSupport.Yes),
            ["argv"] = $"{ExtraVariables.Argument($"{{\"my_token\": {JsonSerializer.Serialize(extra)}}}")} {ExtraVariables.Shown($"{{\"my_token\": {JsonSerializer.Serialize(extra)}}}", mask.Mask)}",
        };
        Thrown(directory, mask, said, outputs);
        Recorded(mask, said, outputs);
        return outputs;
    }

    private static string OnConsole(AnsiSupport ansi, SecretMask mask, Action<ConsoleLog> act)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = ansi, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        // So wide that nothing is broken into lines, in which nobody would find it.
        console.Profile.Width = 1_000_000;
        act(new ConsoleLog(console, TimeProvider.System) { Mask = mask.Mask });
        return writer.ToString();
    }

    private static string Viewed(SecretMask mask, string said, Func<ConsoleLog, IPlaybookView> make, AnsiSupport ansi = AnsiSupport.No) => OnConsole(ansi, mask, log =>
    {
        var view = make(log);
        view.Line($"ERROR! {said}");
        // The play's and the task's names are shown to their first characters, so that a secret is first in them.
        foreach (var line in Events(said))
            view.Event(PlaybookEvent.Parse(line)!);
        view.DisposeAsync().AsTask().GetAwaiter().GetResult();
    });

    private static string[] Events(string said)
    {
        var text = $"\"{Python(said)}\"";
        return
        [
            $"{{\"event\": \"play_start\", \"time\": 1, \"play\": {text}}}", $"{{\"event\": \"task_start\", \"time\": 1, \"task\": {text}, \"path\": \"/x.yml:1\"}}",
            $"{{\"event\": \"result\", \"time\": 2, \"task\": {text}, \"host\": \"k8s-m0\", \"status\": \"failed\", \"seconds\": 1, \"failure\": {{\"msg\": {text}}}}}",
        ];
    }

    private static void Thrown(TemporaryDirectory directory, SecretMask mask, string said, Dictionary<string, string> outputs)
    {
        var recorder = new RunRecorder(() => Sample.Cluster(directory), mask, TimeProvider.System, default);
        outputs["exception"] = $"{Should.Throw<UserError>(() => recorder.RunAsync("SmokeTest", () => throw new UserError(said, said)))}";
        outputs["crash"] = $"{Should.Throw<Exception>(() => recorder.RunAsync("SmokeTest", () => throw new InvalidOperationException(said)))}";
        outputs["crash"].ShouldContain("InvalidOperationException");
        outputs["crash"].ShouldContain(nameof(SecretWaysTests));
    }

    private static void Recorded(SecretMask mask, string said, Dictionary<string, string> outputs)
    {
        using var sample = new SampleRecord(nodes: 2, tasks: 1).Failed().Smoke("failed", said, said);
        var record = new RunRecord(new Cluster("lab", "/x", "/x/inventory.ini", new(), Path.GetFullPath(Path.Combine(sample.Directory, "..", ".."))), DateTimeOffset.UnixEpoch) { Mask = mask.Mask };
        record.AddCommand(CommandLine.Of("ansible-playbook", said));
        record.ReleaseReserve();
        record.Write("explanations.json", RecordJson.Write(new[] { new Explanation { Title = said, Meaning = said, Remedy = said, Evidence = said, Nodes = ["k8s-m0"], Task = said } }));
        record.Write("run.json", RecordJson.Write(sample.Read().Outcome! with { Failures = [new("InstallCluster", said, said)] }));
        record.Write("k8s-m0.log", said);
        using (var log = new LogFile(record.AnsibleLog, mask.Mask, "#"))
            log.WriteLine(said);
        using (var log = new LogFile(record.EventsFile, mask.Mask, null))
        {
            foreach (var line in Events(said))
                log.WriteLine(line);
        }

        // What was there before the report is made, as after a run that was killed.
        foreach (var file in Directory.EnumerateFiles(record.Directory))
            outputs[Path.GetFileName(file)] = File.ReadAllText(file);
        // This one isn't masked yet: sealing the record does it.
        File.WriteAllText(record.File("smoke.json"), RecordJson.Write(JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(sample.File("smoke.json")))));
        using var annotations = new StringWriter();
        var page = Path.Combine(record.Directory, "..", "page.md");
        new StepSummary("/x", annotations).Show(
            RecordRendering.Render(record.Directory, mask), name => name switch { "GITHUB_ACTIONS" => "true", "GITHUB_STEP_SUMMARY" => page, _ => null });
        outputs["annotation"] = annotations.ToString();
        outputs["summary"] = File.ReadAllText(page);
        foreach (var file in Directory.EnumerateFiles(record.Directory))
            outputs[Path.GetFileName(file)] = $"{outputs.GetValueOrDefault(Path.GetFileName(file))}{File.ReadAllText(file)}";
    }
}
