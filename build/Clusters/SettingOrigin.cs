using System.Collections;

namespace KubeLab.Clusters;

/// <summary>
/// Where a parameter's value comes from. The command line and the environment outrank <c>kubelab.yml</c>, which outranks
/// <c>.nuke/parameters.json</c>; the target graph hands over one value and does not say.
/// </summary>
public static class SettingOrigin
{
    /// <summary>How the value was given: <c>--private-key</c>, <c>PRIVATE_KEY</c>, or null for the parameters file.</summary>
    /// <param name="parameter">The parameter's name: <c>PrivateKey</c>.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">The environment.</param>
    public static string? Of(string parameter, IReadOnlyList<string> arguments, IDictionary environment)
    {
        var folded = Fold(parameter);
        if (arguments.FirstOrDefault(argument => argument.StartsWith('-') && Fold(argument.Split('=')[0]) == folded) is { } option)
            return option.Split('=')[0];
        return environment.Keys.Cast<string>().FirstOrDefault(name => Fold(name) == folded || Fold(name) == $"NUKE{folded}");
    }

    private static string Fold(string name) =>
        string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
}
