namespace KubeLab.Yaml;

/// <summary>Where a variable's value was written.</summary>
/// <param name="Path">The file, relative to what a person knows: the repository's root or the distribution's.</param>
/// <param name="Line">The line, counted from 1, or null where only the file is known.</param>
public sealed record VariableSource(string Path, int? Line)
{
    /// <summary>The source as editors read it: <c>inventory/lab/group_vars/all.yml:12</c>.</summary>
    public override string ToString() => Line is null ? Path : $"{Path}:{Line}";
}
