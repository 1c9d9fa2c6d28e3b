using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>All Ansibles of a machine, and which of them runs a distribution's playbooks.</summary>
/// <param name="Window">Those that the playbooks accept; null for any.</param>
public sealed record AnsibleChoice(IReadOnlyList<FoundAnsible> Found, AnsibleWindow? Window)
{
    /// <summary>The one that was chosen; null for none.</summary>
    public AnsibleToolchain? Chosen { get; init; }

    /// <summary>Why that one.</summary>
    public string Why { get; init; } = "";

    /// <summary>The first that fits, in the order in which they were looked for.</summary>
    public AnsibleToolchain? FirstFitting =>
        Found.Select(found => found.Toolchain).FirstOrDefault(each => each is not null && Fits(each));

    /// <summary>Whether the playbooks accept it.</summary>
    public bool Fits(AnsibleToolchain toolchain) => Window is null || Window.Contains(toolchain.Version);

    /// <summary>Shows them: where, which version and Python, whether it fits, and why the chosen one was chosen.</summary>
    public void Show(ConsoleLog log)
    {
        var table = new ConsoleTable().Marks().Wide("Ansible").Names("version").Names("Python").Wide("verdict");
        foreach (var found in All())
        {
            var isChosen = found.Toolchain is not null && found.Directory == Chosen?.Directory;
            table.Row(
                isChosen ? Mark.Passed : found.Toolchain is { } toolchain && Fits(toolchain) ? Mark.Skipped : Mark.Warning,
                found.Directory, $"{found.Toolchain?.Version}", $"{found.Toolchain?.PythonVersion}",
                isChosen ? $"chosen: {Why}" : $"{found.Origin}: {Verdict(found)}");
        }

        table.Show(log);
    }

    /// <summary>What of them doesn't serve, and why, a line each.</summary>
    public IEnumerable<string> Reasons() => Found.Count == 0
        ? ["on the PATH: no ansible-playbook"]
        : Found.Select(found => $"{found.Directory} ({found.Origin}): {Verdict(found)}");

    private IEnumerable<FoundAnsible> All() => Chosen is { } chosen && Found.All(found => found.Directory != chosen.Directory)
        ? Found.Prepend(new FoundAnsible(chosen.Directory, chosen.Origin, chosen, null)) : Found;

    private string Verdict(FoundAnsible found) => found.Toolchain switch
    {
        null => found.Problem!,
        var toolchain when Fits(toolchain) => "fits",
        var toolchain => $"Ansible {toolchain.Version}, outside the window",
    };
}
