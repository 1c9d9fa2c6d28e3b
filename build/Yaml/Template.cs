namespace KubeLab.Yaml;

/// <summary>Jinja in the value of a variable, which only Ansible resolves.</summary>
public static class Template
{
    /// <summary>Whether a value has to be resolved first.</summary>
    public static bool IsIn(string text) => text.Contains("{{") || text.Contains("{%");
}
