namespace Nuke.Common;

/// <summary>A parameter whose value must not be seen.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public class SecretAttribute : Attribute;
