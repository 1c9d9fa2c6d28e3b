namespace KubeLab.Machine;

/// <summary>The files that are part of KubeLab's assembly.</summary>
public static class Resource
{
    /// <summary>The names of those below a folder, such as <c>Smoke/manifests/</c>.</summary>
    public static IEnumerable<string> Names(string folder) =>
        typeof(Resource).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>The text of one.</summary>
    /// <exception cref="InvalidOperationException">There is none of that name.</exception>
    public static string Text(string name)
    {
        using var stream = typeof(Resource).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is no part of KubeLab's assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
