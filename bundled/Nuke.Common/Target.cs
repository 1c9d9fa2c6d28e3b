namespace Nuke.Common;

/// <summary>
/// A target of a build: a property of this type is one, named after the property, and the delegate says what it needs and
/// does.
/// </summary>
public delegate ITargetDefinition Target(ITargetDefinition definition);
