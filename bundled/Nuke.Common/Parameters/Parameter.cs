using System.Reflection;

namespace Nuke.Common.Parameters;

/// <summary>One parameter of a build: a field or property and what its attributes say.</summary>
internal sealed class Parameter
{
    private const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly ParameterAttribute attribute;

    private Parameter(MemberInfo member, ParameterAttribute attribute)
    {
        this.attribute = attribute;
        Member = member;
    }

    public MemberInfo Member { get; }

    public string Name => attribute.Name ?? Member.Name;

    public string Option => $"--{Names.Dashed(Name)}";

    public string? Description => attribute.Description;

    public bool IsListed => attribute.List;

    public bool IsRequired => Member.IsDefined(typeof(RequiredAttribute));

    public bool IsSecret => Member.IsDefined(typeof(SecretAttribute));

    /// <summary>Whether it is one that every build has.</summary>
    public bool IsBuiltIn => Member.DeclaringType == typeof(NukeBuild);

    private Type Type => Member is PropertyInfo property ? property.PropertyType : ((FieldInfo)Member).FieldType;

    /// <summary>The parameters of a build, its own before those of its base classes, each by name.</summary>
    public static IReadOnlyList<Parameter> Of(Type buildType)
    {
        var parameters = new List<Parameter>();
        for (var type = buildType; type is not null && type != typeof(object); type = type.BaseType)
        {
            parameters.AddRange(type.GetMembers(Everything)
                .Where(member => member is FieldInfo or PropertyInfo && member.IsDefined(typeof(ParameterAttribute)))
                .Select(member => new Parameter(member, member.GetCustomAttribute<ParameterAttribute>()!))
                .OrderBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase));
        }

        return parameters;
    }

    /// <summary>The value that was given, or null.</summary>
    public object? Find(ParameterSources sources) => sources.Find(Name, Type, attribute.Separator?.SingleOrDefault(), IsSecret);

    /// <summary>The value that the build sees.</summary>
    public object? Get(NukeBuild build) =>
        Member is PropertyInfo property ? property.GetValue(build) : ((FieldInfo)Member).GetValue(build);

    /// <summary>Gives the build a value; a property without a setter has a field behind it.</summary>
    public void Set(NukeBuild build, object value)
    {
        if (Member is PropertyInfo { CanWrite: true } property)
            property.SetValue(build, value);
        else
            BackingField().SetValue(build, value);
    }

    private FieldInfo BackingField() =>
        Member as FieldInfo
        ?? Member.DeclaringType!.GetField($"<{Member.Name}>k__BackingField", Everything)
        ?? throw new InvalidOperationException($"The parameter {Name} can't be set: it has neither a setter nor a field.");
}
