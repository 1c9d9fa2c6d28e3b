using System.Reflection;

namespace Nuke.Common.Parameters;

/// <summary>A parameter of a build: a field and what its attribute says.</summary>
internal sealed class Parameter(FieldInfo field, ParameterAttribute attribute)
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>The parameters of a build.</summary>
    public static IEnumerable<Parameter> Of(Type buildType) => buildType.GetFields(Declared)
        .Where(field => field.IsDefined(typeof(ParameterAttribute)))
        .Select(field => new Parameter(field, field.GetCustomAttribute<ParameterAttribute>()!));

    /// <summary>Gives the build the value that was given from outside, if there is one.</summary>
    public void Inject(NukeBuild build, ParameterSources sources)
    {
        if (sources.Find(attribute.Name ?? field.Name, field.FieldType, attribute.Separator?.SingleOrDefault()) is { } value)
            field.SetValue(build, value);
    }
}
