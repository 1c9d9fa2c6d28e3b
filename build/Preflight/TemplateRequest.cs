using System.Text.Json;
using KubeLab.Clusters;

namespace KubeLab.Preflight;

/// <summary>A variable whose value is a template that Ansible has to resolve.</summary>
/// <param name="Node">The node for which it is resolved.</param>
/// <param name="Variable">The variable's name.</param>
/// <param name="Expression">Its value as it is written.</param>
/// <param name="IsDefault">Whether it is the distribution's default, which only its role's tasks see, and not the inventory's.</param>
public sealed record TemplateRequest(Node Node, string Variable, JsonElement Expression, bool IsDefault);
