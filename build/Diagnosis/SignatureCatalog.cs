using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace KubeLab.Diagnosis;

/// <summary>All the failures that are known, the most telling first.</summary>
public sealed class SignatureCatalog
{
    private const string Folder = "Diagnosis/Signatures/";

    private SignatureCatalog(IReadOnlyList<FailureSignature> signatures) => Signatures = signatures;

    /// <summary>The signatures, in the order in which they are tried.</summary>
    public IReadOnlyList<FailureSignature> Signatures { get; }

    /// <summary>Reads the signatures that are part of KubeLab.</summary>
    public static SignatureCatalog Load()
    {
        var signatures = Resource.Names(Folder)
            .Select(name => SignatureFile.Read(Path.GetFileNameWithoutExtension(name), Resource.Text(name)));
        return new SignatureCatalog(
            [.. signatures.OrderByDescending(each => each.Rank).ThenBy(each => each.Id, StringComparer.Ordinal)]);
    }

    /// <summary>The signature that explains a failure, with the values that it found; null where none does.</summary>
    public (FailureSignature Signature, IReadOnlyDictionary<string, string> Values)? Find(Failure failure)
    {
        foreach (var found in Matching(failure))
            return found;
        return null;
    }

    /// <summary>The signatures that recognise a failure, the most telling first, each with the values that it found.</summary>
    public IEnumerable<(FailureSignature Signature, IReadOnlyDictionary<string, string> Values)> Matching(Failure failure)
    {
        foreach (var signature in Signatures)
        {
            if (signature.Recognise(failure) is { } values)
                yield return (signature, values);
        }
    }
}

/// <summary>A signature as it is written: YAML, checked as a whole when it is read.</summary>
internal static class SignatureFile
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance).Build();

    private sealed class Document
    {
        public string Title { get; set; } = "";
        public int Rank { get; set; } = 50;
        public string? Status { get; set; }
        public string? Task { get; set; }
        public List<string> Text { get; set; } = [];
        public string Meaning { get; set; } = "";
        public string Remedy { get; set; } = "";
        public bool IsCause { get; set; }
        public bool AsksNode { get; set; }
        public List<string> Links { get; set; } = [];
    }

    /// <summary>Reads a signature.</summary>
    /// <exception cref="InvalidOperationException">A part is missing.</exception>
    /// <exception cref="YamlDotNet.Core.YamlException">It is no YAML, or has an unknown key.</exception>
    public static FailureSignature Read(string id, string yaml)
    {
        var read = Yaml.Deserialize<Document>(yaml);
        if (read.Title.Length == 0 || read.Meaning.Length == 0 || read.Remedy.Length == 0)
            throw new InvalidOperationException($"The signature {id} needs title, meaning and remedy.");
        if (read.Text.Count == 0 && read.Task is null)
            throw new InvalidOperationException($"The signature {id} matches everything: it needs text or task.");
        return new FailureSignature
        {
            Id = id,
            Title = read.Title.Trim(),
            Rank = read.Rank,
            Status = read.Status,
            Task = read.Task is null ? null : Pattern(read.Task),
            Text = [.. read.Text.Select(Pattern)],
            Meaning = read.Meaning.Trim(),
            Remedy = read.Remedy.Trim(),
            IsCause = read.IsCause,
            AsksNode = read.AsksNode,
            Links = read.Links,
        };
    }

    private static Regex Pattern(string pattern) =>
        new(pattern, RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Multiline, MatchLimit);
}
