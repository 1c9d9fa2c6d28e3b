using System.Text.Json;

namespace KubeLab.Smoke.Api;

/// <summary>A taint of a node.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value, often empty.</param>
/// <param name="Effect"><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</param>
public sealed record KubeTaint(string Key, string Value, string Effect)
{
    /// <summary>Whether pods without a toleration are kept away.</summary>
    public bool Repels => Effect is "NoSchedule" or "NoExecute";

    /// <summary>The taint as kubectl takes it: <c>dedicated=gpu:NoSchedule</c>.</summary>
    public override string ToString() => Value.Length == 0 ? $"{Key}:{Effect}" : $"{Key}={Value}:{Effect}";

    /// <summary>Reads a taint of the API.</summary>
    public static KubeTaint Read(JsonElement taint) =>
        new(taint.Text("key") ?? "", taint.Text("value") ?? "", taint.Text("effect") ?? "");
}
