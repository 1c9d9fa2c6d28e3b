using System.Collections;

namespace KubeLab.Clusters;

/// <summary>The settings that were given as parameters, apart by whether they outrank <c>kubelab.yml</c>.</summary>
/// <param name="Overrides">From the command line and the environment: stronger than <c>kubelab.yml</c>.</param>
/// <param name="Defaults">From <c>.nuke/parameters.json</c>: weaker than <c>kubelab.yml</c>.</param>
public sealed record ParameterLayers(
    IReadOnlyDictionary<string, SettingValue> Overrides, IReadOnlyDictionary<string, SettingValue> Defaults)
{
    private const string ParametersFile = ".nuke/parameters.json";

    /// <summary>Sorts parameters by where their value comes from.</summary>
    /// <param name="given">Each parameter with its path in <c>kubelab.yml</c> and its value, or null where it wasn't given.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="rootDirectory">The repository's root, from which paths in the parameters file count.</param>
    public static ParameterLayers From(
        IReadOnlyList<(string Parameter, string Path, string? Value)> given,
        IReadOnlyList<string> arguments,
        IDictionary environment,
        string rootDirectory)
    {
        var overrides = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        var defaults = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        foreach (var (parameter, path, value) in given)
        {
            if (value is null)
                continue;
            if (SettingOrigin.Of(parameter, arguments, environment) is { } origin)
                overrides[path] = new SettingValue(value, origin, Directory.GetCurrentDirectory());
            else
                defaults[path] = new SettingValue(value, ParametersFile, rootDirectory);
        }

        return new ParameterLayers(overrides, defaults);
    }
}
