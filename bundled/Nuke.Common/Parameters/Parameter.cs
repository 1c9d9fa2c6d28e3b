using System.Reflection;

namespace Nuke.Common.Parameters;

/// <summary>A parameter of a build: a field or property and what its attributes say.</summary>
internal sealed class Parameter : Option
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly MemberInfo member;
    private readonly ParameterAttribute attribute;

    private Parameter(MemberInfo member, ParameterAttribute attribute)
        : base(attribute.Name ?? member.Name, attribute.Description)
    {
        this.member = member;
        this.attribute = attribute;
    }

    public bool IsListed => attribute.List;

    public bool IsRequired => member.IsDefined(typeof(RequiredAttribute));

    public bool IsSecret => member.IsDefined(typeof(SecretAttribute));

    private Type Type => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    /// <summary>The parameters of a build and of its base classes, by name.</summary>
    public static IReadOnlyList<Parameter> Of(Type buildType)
    {
        var parameters = new List<Parameter>();
        for (var type = buildType; type is not null && type != typeof(NukeBuild); type = type.BaseType)
        {
            foreach (var declared in type.GetMembers(Declared).Where(declared => declared is FieldInfo or PropertyInfo))
            {
                if (declared.GetCustomAttribute<ParameterAttribute>() is { } said)
                    parameters.Add(new Parameter(declared, said));
            }
        }

        parameters.Sort((one, other) => string.CompareOrdinal(one.Dashed, other.Dashed));
        return parameters;
    }

    /// <summary>Whether a member is the one behind this parameter.</summary>
    public bool IsBehind(MemberInfo? other) => other?.Name == member.Name;

    /// <summary>Gives the build the value that was given from outside, if there is one.</summary>
    public void Inject(NukeBuild build, ParameterSources sources)
    {
        if (sources.Find(Name, Type, attribute.Separator?.SingleOrDefault(), IsSecret) is { } value)
            Set(build, value);
    }

    /// <summary>The value that the build sees.</summary>
    public object? ValueIn(NukeBuild build) =>
        member is PropertyInfo property ? property.GetValue(build) : ((FieldInfo)member).GetValue(build);

    private void Set(NukeBuild build, object value)
    {
        if (member is PropertyInfo { CanWrite: true } property)
            property.SetValue(build, value);
        else
            FieldOf(member).SetValue(build, value);
    }

    // A property without a setter has a field behind it, which the compiler names after it.
    private static FieldInfo FieldOf(MemberInfo member) =>
        member as FieldInfo
        ?? member.DeclaringType!.GetField($"<{member.Name}>k__BackingField", Declared)
        ?? throw new BuildException($"The parameter {member.Name} can't be set: it has neither a setter nor a field.");
}
