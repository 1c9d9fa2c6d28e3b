namespace Nuke.Common;

/// <summary>A parameter that must be given, whatever the targets.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public class RequiredAttribute : Attribute;
