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
        return new SignatureCatalog([.. signatures.OrderByDescending(each => each.Rank).ThenBy(each => each.Id, StringComparer.Ordinal)]);
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
