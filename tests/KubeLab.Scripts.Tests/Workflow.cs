using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeLab.Scripts;

/// <summary>A file under .github/workflows.</summary>
sealed partial class Workflow(string file)
{
    readonly YamlMappingNode root = Read(file);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Workflow> All { get; } = Directory
        .GetFiles(Repository.PathOf(".github", "workflows"), "*.yml")
        .Order(StringComparer.Ordinal)
        .Select(x => new Workflow(x))
        .ToList();

    /// <summary>The file's name, as ci.yml.</summary>
    public string Name => Path.GetFileName(file);

    /// <summary>The steps of all jobs that run a script: the line of the file, and the script.</summary>
    public IReadOnlyList<(long Line, string Script)> Scripts => Steps
        .Select(x => Child(x, "run"))
        .OfType<YamlScalarNode>()
        .Select(x => (x.Start.Line, x.Value!))
        .ToList();

    /// <summary>The actions that the steps use, with their versions.</summary>
    public IReadOnlyList<string> Actions => Steps
        .Select(x => Child(x, "uses"))
        .OfType<YamlScalarNode>()
        .Select(x => x.Value!)
        .ToList();

    /// <summary>The jobs.</summary>
    public IEnumerable<YamlMappingNode> Jobs => ((YamlMappingNode)root["jobs"]).Children.Values.Cast<YamlMappingNode>();

    /// <summary>The targets of the build that it names: those that scripts start, and those that a person may choose.</summary>
    public IReadOnlyList<string> Targets =>
    [
        .. Scripts.SelectMany(x => StartedTarget().Matches(x.Script)).Select(x => x.Groups["target"].Value),
        .. Choices("target"),
    ];

    /// <summary>The jobs that have steps of their own; the others call a workflow.</summary>
    public IEnumerable<YamlMappingNode> OwnJobs => Jobs.Where(x => Child(x, "steps") is not null);

    IEnumerable<YamlMappingNode> Steps => OwnJobs.SelectMany(x => (YamlSequenceNode)x["steps"]).Cast<YamlMappingNode>();

    /// <summary>What is at a path of keys; null if it isn't there.</summary>
    public YamlNode? At(params string[] keys) => keys.Aggregate<string, YamlNode?>(root, Child);

    /// <summary>What a person may choose for an input of workflow_dispatch.</summary>
    public IReadOnlyList<string> Choices(string input) =>
        At("on", "workflow_dispatch", "inputs", input, "options") is YamlSequenceNode options
            ? options.Select(x => ((YamlScalarNode)x).Value!).ToList()
            : [];

    /// <summary>What a node has at a key; null if it hasn't.</summary>
    public static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode map && map.Children.TryGetValue(key, out var child) ? child : null;

    static YamlMappingNode Read(string file)
    {
        using var reader = new StreamReader(file);
        var yaml = new YamlStream();
        yaml.Load(new MergingParser(new Parser(reader)));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    [GeneratedRegex("""build\.(?:sh|cmd|ps1)"?\s+(?<target>[A-Za-z]\w*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex StartedTarget();
}
