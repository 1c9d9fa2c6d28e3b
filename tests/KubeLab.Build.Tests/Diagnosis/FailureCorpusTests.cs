using System.Text.Json;
using System.Text.Json.Nodes;
using KubeLab.Ansible;
using KubeLab.Diagnosis;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace KubeLab.Tests.Diagnosis;

/// <summary>
/// Failures that were not the model of any signature: <c>failures/&lt;kind&gt;.yml</c> holds tasks with the result that Ansible
/// returns, and which signature explains them, if any does.
/// </summary>
public class FailureCorpusTests
{
    internal const string Unknown = "unknown";

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Diagnosis", "failures");
    private static readonly IReadOnlyDictionary<string, RecordedFailure> Failures = Read();
    private static readonly SignatureCatalog Catalog = SignatureCatalog.Load();
    private static readonly SignatureMatcher Explainer = new(Catalog, "/home/you/kubespray", "./build.sh Deploy --resume");

    /// <summary>All of them, by their ids.</summary>
    internal static IEnumerable<RecordedFailure> Recorded => Failures.Values.OrderBy(each => each.Id, StringComparer.Ordinal);

    /// <summary>The signatures that explain any of them.</summary>
    internal static IReadOnlySet<string> Expected { get; } = Failures.Values.Select(each => each.Expect).ToHashSet();

    /// <summary>Those that are failures of a task or of Ansible, not logs of a node.</summary>
    internal static IEnumerable<RecordedFailure> All => Failures.Values.Where(each => each.Logs.Length == 0);

    /// <summary>Those that are logs of a node.</summary>
    internal static IEnumerable<RecordedFailure> Logs => Failures.Values.Where(each => each.Logs.Length > 0);

    public static TheoryData<string> Ids => [.. Failures.Keys.Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Ids))]
    public void I_am_told_what_it_is_or_that_it_is_not_known(string id)
    {
        var recorded = Failures[id];

        if (recorded.Logs.Length > 0)
            CauseIn(recorded.Logs).ShouldBe(recorded.Expect, recorded.Logs);
        foreach (var failure in recorded.Logs.Length > 0 ? [] : recorded.Failures())
            (Explainer.Explain(failure).Signature ?? Unknown).ShouldBe(recorded.Expect, failure.Text);
    }

    [Fact]
    public void The_machine_that_is_silent_is_named_and_not_the_one_that_asked_it() =>
        Explainer.Explain(Failures["recover-broken-node-out-of-reach"].Failures().ShouldHaveSingleItem())
            .Meaning.ShouldStartWith("k8s-m2 did not answer in time");

    // The title of a failure whose cause the logs tell ends in the cause's own.
    private static string CauseIn(string logs)
    {
        var explanation = Explainer.Explain(new() { Nodes = ["k8s-n0"], Status = "failed", Text = "Something else" });
        var title = Explainer.WithCause(explanation, "k8s-n0", logs).Title;
        return Catalog.Signatures.Where(each => title.Contains(each.Title.Split('{')[0], StringComparison.OrdinalIgnoreCase))
            .MaxBy(each => each.Title.Length)?.Id ?? Unknown;
    }

    [Theory, MemberData(nameof(Ids))]
    public void I_am_not_sent_to_what_only_looks_like_it(string id)
    {
        var recorded = Failures[id];

        foreach (var failure in recorded.Failures())
            Catalog.Judge(new(failure)).Explaining.Select(found => found.Signature.Id).Intersect(recorded.Not).ShouldBeEmpty(failure.Text);
    }

    [Theory, MemberData(nameof(Ids))]
    public void It_is_known_where_a_failure_comes_from_and_what_it_is(string id)
    {
        var known = Catalog.Signatures.Select(signature => signature.Id).Append(Unknown).ToList();

        Failures[id].Source.ShouldNotBeEmpty();
        known.ShouldContain(Failures[id].Expect);
        Failures[id].Not.ShouldBeSubsetOf(known);
    }

    private static Dictionary<string, RecordedFailure> Read()
    {
        var yaml = new DeserializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance).WithAttemptingUnquotedStringTypeDeserialization().Build();
        return Directory.EnumerateFiles(Folder, "*.yml")
            .SelectMany(file => yaml.Deserialize<List<RecordedFailure>>(File.ReadAllText(file)))
            .ToDictionary(each => each.Id);
    }
}

/// <summary>A failed task as it is written in <c>failures/</c>.</summary>
public sealed class RecordedFailure
{
    public string Id { get; set; } = "";

    /// <summary>The public report, or the program whose message it is.</summary>
    public string Source { get; set; } = "";

    public string? Role { get; set; }

    public string Task { get; set; } = "";

    public string Action { get; set; } = "ansible.builtin.command";

    public string? DelegatedTo { get; set; }

    public object? Item { get; set; }

    public Dictionary<string, object?> Args { get; set; } = [];

    /// <summary>How the task ended: <c>failed</c> or <c>unreachable</c>.</summary>
    public string Status { get; set; } = "failed";

    public Dictionary<string, object?> Result { get; set; } = [];

    /// <summary>What Ansible said where it gave up without a result.</summary>
    public string Output { get; set; } = "";

    public int ExitCode { get; set; } = 2;

    /// <summary>What a node's own logs say, in which a cause is looked for.</summary>
    public string Logs { get; set; } = "";

    /// <summary>The id of the signature that explains it, or <c>unknown</c>.</summary>
    public string Expect { get; set; } = "";

    /// <summary>Signatures of other kinds that its words are near to.</summary>
    public List<string> Not { get; set; } = [];

    /// <summary>What KubeLab reads of it, from the events that its callback writes.</summary>
    internal IReadOnlyList<Failure> Failures()
    {
        if (Logs.Length > 0)
            return [new Failure { Nodes = ["k8s-n0"], Status = FailureSignature.NodeLogs, Text = Logs }];
        IReadOnlyList<PlaybookEvent> events = Output.Length > 0 ? [] : [PlaybookEvent.Parse(Event().ToJsonString())!];
        var failures = FailureReader.Read(events, Output.Split('\n'), ExitCode);
        failures.ShouldNotBeEmpty();
        return failures;
    }

    private JsonObject Event()
    {
        var written = new JsonObject
        {
            ["event"] = "result",
            ["time"] = 1795382000.0,
            ["host"] = "k8s-n0",
            ["task"] = Role is null ? Task : $"{Role} : {Task}",
            ["task_id"] = "1",
            ["path"] = Role is null ? "/home/you/kubespray/cluster.yml:1" : $"/home/you/kubespray/roles/{Role}/tasks/main.yml:1",
            ["action"] = Action,
            ["status"] = Status,
            ["failure"] = Said(Result.Append(KeyValuePair.Create("item", Item))),
        };
        if (Role is not null)
            written["role"] = Role;
        if (DelegatedTo is not null)
            written["delegated_to"] = DelegatedTo;
        if (Args.Count > 0)
            written["args"] = JsonSerializer.SerializeToNode(Args);
        return written;
    }

    private static JsonObject Said(IEnumerable<KeyValuePair<string, object?>> fields) => new(
        fields.Where(field => field.Value is not (null or "")).Select(field => KeyValuePair.Create(field.Key, Value(field.Value!))));

    // Numbers and booleans stay what they are, all else is what Python's str() makes of it.
    private static JsonNode? Value(object value) => value switch
    {
        string text => JsonValue.Create(text),
        bool or byte or sbyte or short or ushort or int or uint or long => JsonSerializer.SerializeToNode(value),
        _ => JsonValue.Create(Python(value)),
    };

    private static string Python(object? value) => value switch
    {
        null => "None",
        string text => text.Contains('\'') ? $"\"{text}\"" : $"'{text}'",
        bool flag => flag ? "True" : "False",
        IDictionary<object, object?> map => $"{{{string.Join(", ", map.Select(each => $"{Python(each.Key)}: {Python(each.Value)}"))}}}",
        IEnumerable<object?> list => $"[{string.Join(", ", list.Select(Python))}]",
        _ => value.ToString()!,
    };
}
