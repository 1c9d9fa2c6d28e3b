namespace KubeLab.Ansible;

/// <summary>Keeps the last lines of an output.</summary>
internal sealed class LastLines
{
    private const int Most = 200;
    private readonly Queue<string> lines = new(Most);

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    /// <summary>Takes a line, and drops the oldest where there are too many.</summary>
    public void Add(string line)
    {
        if (lines.Count == Most)
            lines.Dequeue();
        lines.Enqueue(line);
    }
}
