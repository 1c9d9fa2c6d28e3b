using System.Reflection;
using System.Runtime.CompilerServices;

namespace KubeLab.Bundled.Surface;

/// <summary>The public surface of an assembly, a line a type or member: names and signatures only.</summary>
public static class Signatures
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The lines, sorted.</summary>
    public static IReadOnlyList<string> Of(Assembly assembly) =>
        [.. assembly.GetExportedTypes().SelectMany(Of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Of(Type type)
    {
        var owner = $"{type.Namespace}.{Name(type)}";
        yield return $"{Kind(type)} {owner}";
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            yield return $"{owner}({Parameters(invoke)}) : {Name(invoke.ReturnType)}";
            yield break;
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(constructor => IsVisible(constructor)))
            yield return $"{owner}.new({Parameters(constructor)})";
        foreach (var method in type.GetMethods(Declared).Where(method => IsVisible(method) && !IsOverriding(method)))
            yield return $"{owner}.{Name(method)}({Parameters(method)}) : {Name(method.ReturnType)}{Static(method)}";
        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic && !field.IsSpecialName))
            yield return $"{owner}.{field.Name} : {Name(field.FieldType)}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        _ => typeof(Delegate).IsAssignableFrom(type) ? "delegate" : "class",
    };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // What overrides a base class's method adds nothing to the surface.
    private static bool IsOverriding(MethodInfo method) => method.GetBaseDefinition() != method;

    private static string Static(MethodInfo method) => method.IsStatic ? " static" : "";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(parameter =>
            (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
            + Name(parameter.ParameterType)
            + (parameter.HasDefaultValue ? " = default" : "")
            + (parameter.IsDefined(typeof(CallerArgumentExpressionAttribute)) ? " from expression" : "")));

    private static string Name(MethodInfo method) =>
        method.IsGenericMethod ? $"{method.Name}<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : method.Name;

    private static string Name(Type type)
    {
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (!type.IsGenericType)
            return type.Name;
        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
