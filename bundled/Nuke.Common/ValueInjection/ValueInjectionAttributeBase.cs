namespace Nuke.Common.ValueInjection;

/// <summary>A field or property whose value comes from outside of the build.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class ValueInjectionAttributeBase : Attribute;
