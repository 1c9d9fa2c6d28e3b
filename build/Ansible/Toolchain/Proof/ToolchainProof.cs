namespace KubeLab.Ansible;

/// <summary>What a release needs, held against what is there with the very Python that will run its playbooks.</summary>
/// <param name="Python">Null where Ansible didn't come as far as that.</param>
public sealed record ToolchainProof(ProvenPython? Python, IReadOnlyList<ProvenNeed> Rows)
{
    /// <summary>What the playbooks fail without.</summary>
    [JsonIgnore]
    public IReadOnlyList<ProvenNeed> Missing => [.. Rows.Where(row => row.IsMet is false)];

    /// <summary>The collections that are missing, or are there in a version that isn't accepted.</summary>
    [JsonIgnore]
    public IReadOnlyList<ProvenNeed> MissingCollections => [.. Missing.Where(row => row.Kind == "collection")];

    /// <summary>Shows what is wanted, what is there, and where.</summary>
    public void Show(ConsoleLog log)
    {
        var table = new ConsoleTable().Marks().Names("needed").Names("found").Wide("wanted").Wide("where");
        foreach (var row in Rows)
        {
            var mark = row.IsMet switch { true => Mark.Passed, false => Mark.Failed, _ => Mark.Warning };
            table.Row(mark, $"{row.Kind} {row.Name}", row.Found ?? "nothing", row.Wanted, row.Where ?? row.Reason ?? "");
        }

        table.Show(log);
    }
}

/// <summary>One thing that a release needs on the control machine, and what is there.</summary>
/// <param name="Kind"><c>collection</c>, <c>library</c>, <c>program</c> and the like.</param>
/// <param name="Found">The version that is there; null for none.</param>
/// <param name="Where">The file or folder that was found; null for none.</param>
/// <param name="IsMet">Null where nothing is known to fail without it.</param>
/// <param name="Reason">Why it isn't met; null where it is.</param>
public sealed record ProvenNeed(
    string Kind, string Name, string Wanted, string? Found, string? Where, bool? IsMet, string? Reason);

/// <summary>The Python that runs the playbooks.</summary>
/// <param name="IsVirtual">Whether it is that of a virtual environment, which the system's packages don't reach.</param>
public sealed record ProvenPython(string Program, bool IsVirtual);
