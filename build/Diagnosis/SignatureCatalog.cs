using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace KubeLab.Diagnosis;

/// <summary>All the failures that are known.</summary>
public sealed class SignatureCatalog
{
    private const string Folder = "Diagnosis/Signatures/";

    private SignatureCatalog(IReadOnlyList<FailureSignature> signatures) => Signatures = signatures;

    /// <summary>The signatures, by id.</summary>
    public IReadOnlyList<FailureSignature> Signatures { get; }

    /// <summary>Reads the signatures that are part of KubeLab.</summary>
    public static SignatureCatalog Load() => Of(Resource.Names(Folder)
        .Select(name => SignatureFile.Read(Path.GetFileNameWithoutExtension(name), Resource.Text(name))));

    /// <summary>A catalog of these signatures.</summary>
    public static SignatureCatalog Of(IEnumerable<FailureSignature> signatures) =>
        new([.. signatures.OrderBy(each => each.Id, StringComparer.Ordinal)]);

    /// <summary>The signatures that recognise a failure, each with the values that it found.</summary>
    /// <param name="patience">Once it has ended, what was not tried yet is left open.</param>
    public IReadOnlyList<SignatureMatch> Matching(FailureContext context, CancellationToken patience = default)
    {
        var matching = new List<SignatureMatch>();
        foreach (var signature in Signatures)
        {
            if (patience.IsCancellationRequested)
                context.LeftOpen.Add(signature.Id);
            else if (signature.Recognise(context) is { } match)
                matching.Add(match);
        }

        return matching;
    }

    /// <summary>What explains a failure: a cause before an occasion, what is over others, the most conditions.</summary>
    public Verdict Judge(FailureContext context, CancellationToken patience = default)
    {
        var matching = Matching(context, patience);
        var over = matching.SelectMany(match => match.Signature.Over).ToHashSet();
        List<SignatureMatch> left = [.. matching.Where(match => !over.Contains(match.Signature.Id))];
        var causes = left.Where(match => !match.Signature.IsOccasion).ToList();
        var explaining = MostConditions(causes.Count > 0 ? causes : left);
        var occasion = causes.Count > 0 ? MostConditions([.. left.Where(match => match.Signature.IsOccasion)]) : [];
        return new(explaining, occasion is [var first, ..] ? first : null);
    }

    private static IReadOnlyList<SignatureMatch> MostConditions(IReadOnlyList<SignatureMatch> matches)
    {
        var most = matches.Select(match => match.Signature.Conditions).DefaultIfEmpty().Max();
        return [.. matches.Where(match => match.Signature.Conditions == most)];
    }
}

/// <summary>What explains a failure.</summary>
/// <param name="Explaining">None where nothing is known; more than one where each of them may be it.</param>
/// <param name="Occasion">Where the cause showed itself; null where nothing tells.</param>
public sealed record Verdict(IReadOnlyList<SignatureMatch> Explaining, SignatureMatch? Occasion);

/// <summary>A signature as it is written: YAML, checked as a whole when it is read.</summary>
public static class SignatureFile
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance).Build();

    private sealed class Document
    {
        public string Title { get; set; } = "";
        public string? Status { get; set; }
        public List<string> Doing { get; set; } = [];
        public List<string> NotDoing { get; set; } = [];
        public List<string> Where { get; set; } = [];
        public List<string> Server { get; set; } = [];
        public List<string> Action { get; set; } = [];
        public string? Command { get; set; }
        public string? Role { get; set; }
        public string? Task { get; set; }
        public string? Item { get; set; }
        public List<int> Rc { get; set; } = [];
        public List<int> ExitCode { get; set; } = [];
        public bool? CameToHosts { get; set; }
        public List<string> Text { get; set; } = [];
        public List<string> Not { get; set; } = [];
        public bool Occasion { get; set; }
        public List<string> Over { get; set; } = [];
        public string Certainty { get; set; } = "seen";
        public string Meaning { get; set; } = "";
        public string Remedy { get; set; } = "";
        public bool IsCause { get; set; }
        public bool AsksNode { get; set; }
        public List<string> Links { get; set; } = [];
    }

    /// <summary>Reads a signature.</summary>
    /// <exception cref="InvalidOperationException">A part is missing, or a value is none that there is.</exception>
    /// <exception cref="YamlDotNet.Core.YamlException">It is no YAML, or has an unknown key.</exception>
    public static FailureSignature Read(string id, string yaml)
    {
        var read = Yaml.Deserialize<Document>(yaml);
        if (read.Title.Length == 0 || read.Meaning.Length == 0 || read.Remedy.Length == 0)
            throw new InvalidOperationException($"The signature {id} needs title, meaning and remedy.");
        var signature = new FailureSignature
        {
            Id = id,
            Title = read.Title.Trim(),
            Status = read.Status,
            Doing = Names<Doing>(id, read.Doing),
            NotDoing = Names<Doing>(id, read.NotDoing),
            Where = Names<Place>(id, read.Where),
            Server = Names<Server>(id, read.Server),
            Action = read.Action,
            Command = Pattern(read.Command),
            Role = Pattern(read.Role),
            Task = Pattern(read.Task),
            Item = Pattern(read.Item),
            ReturnCode = read.Rc,
            ExitCode = read.ExitCode,
            CameToHosts = read.CameToHosts,
            Text = [.. read.Text.Select(pattern => new Pattern(pattern))],
            Not = [.. read.Not.Select(pattern => new Pattern(pattern))],
            IsOccasion = read.Occasion,
            Over = read.Over,
            Certainty = Names<Certainty>(id, [read.Certainty])[0],
            Meaning = read.Meaning.Trim(),
            Remedy = read.Remedy.Trim(),
            IsCause = read.IsCause,
            AsksNode = read.AsksNode,
            Links = read.Links,
        };
        return signature.Conditions > (signature.Status is null ? 0 : 1)
            ? signature
            : throw new InvalidOperationException(
                    $"The signature {id} matches everything: it needs a condition such as text, task or doing.");
    }

    // kubeadm-join is KubeadmJoin.
    private static IReadOnlyList<T> Names<T>(string id, IEnumerable<string> names)
        where T : struct, Enum =>
        [.. names.Select(name => Enum.TryParse<T>(name.Replace("-", ""), ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new InvalidOperationException(
                    $"The signature {id} has {name}, which is no {typeof(T).Name.ToLowerInvariant()}."))];

    private static Pattern? Pattern(string? expression) => expression is null ? null : new(expression);
}
