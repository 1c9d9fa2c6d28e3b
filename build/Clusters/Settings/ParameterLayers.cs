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
    /// <param name="given">A parameter's value by its name, or null where it wasn't given.</param>
    /// <param name="rootDirectory">The repository's root, from which paths in the parameters file count.</param>
    public static ParameterLayers From(
        Func<string, string?> given, IReadOnlyList<string> arguments, IDictionary environment, string rootDirectory)
    {
        var overrides = new Dictionary<string, SettingValue>();
        var defaults = new Dictionary<string, SettingValue>();
        foreach (var key in SettingsSchema.Keys)
        {
            if (key.Parameter is null || given(key.Parameter) is not { } value)
                continue;
            if (SettingOrigin.Of(key.Parameter, arguments, environment) is { } origin)
                overrides[key.Path] = new SettingValue(value, origin, Directory.GetCurrentDirectory());
            else
                defaults[key.Path] = new SettingValue(value, ParametersFile, rootDirectory);
        }

        return new ParameterLayers(overrides, defaults);
    }
}

/// <summary>A setting's value as it was written, and where.</summary>
/// <param name="Text">The text; for a list, its items separated by line feeds.</param>
/// <param name="Source">Its place: <c>inventory/lab/kubelab.yml:3:9</c>, <c>--private-key</c>, <c>PRIVATE_KEY</c>.</param>
/// <param name="Directory">The folder that a relative path counts from.</param>
public sealed record SettingValue(string Text, string Source, string Directory);

/// <summary>Where a parameter's value comes from. The command line and the environment outrank <c>kubelab.yml</c>, which outranks
/// <c>.nuke/parameters.json</c>; the target graph hands over one value and does not say.</summary>
public static class SettingOrigin
{
    /// <summary>How the value was given: <c>--private-key</c>, <c>PRIVATE_KEY</c>, or null for the parameters file.</summary>
    /// <param name="parameter">The parameter's name: <c>PrivateKey</c>.</param>
    public static string? Of(string parameter, IReadOnlyList<string> arguments, IDictionary environment)
    {
        var folded = Fold(parameter);
        var option = arguments.FirstOrDefault(argument => argument.StartsWith('-') && Fold(argument.Split('=')[0]) == folded);
        if (option is not null)
            return option.Split('=')[0];
        return environment.Keys.Cast<string>().FirstOrDefault(name => Fold(name) == folded || Fold(name) == $"NUKE{folded}");
    }

    private static string Fold(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
}
