using KubeLab.Distributions;

namespace KubeLab.Ansible;

/// <summary>Finds a Python on this machine that the Ansible of a requirements file is made for.</summary>
internal sealed class PythonFinder(CommandRunner commands)
{
    // The newest that an Ansible in the matrix is made for.
    private const int HighestMinor = 13;

    /// <summary>Python 3 as the PATH has it where that fits, else the newest that fits among <c>python3.13</c>, <c>python3.12</c> and so on.</summary>
    /// <param name="pinsFile">The requirements file, which pins the Ansible.</param>
    public async Task<FoundPython> ForAsync(string pinsFile, CancellationToken cancellationToken)
    {
        var range = AnsiblePin.Read(pinsFile) is { } pin ? AnsiblePython.OnControlMachine(pin.Core) : null;
        var usual = await VersionAsync("python3", cancellationToken);
        if (usual is not null && Fits(usual, range))
            return new FoundPython("python3", usual, null);
        for (var minor = HighestMinor; range is not null && minor >= range.Value.Least.Minor; minor--)
        {
            var program = $"python3.{minor}";
            if (Fits(new Version(3, minor), range) && await VersionAsync(program, cancellationToken) is { } version)
                return new FoundPython(program, version, null);
        }

        return new FoundPython(null, null, usual is null
            ? "no python3 on the PATH to install it with"
            : $"its Ansible is made for Python {range!.Value.Least} to {range.Value.Most}, and on the PATH there is only Python {usual}");
    }

    private static bool Fits(Version version, (Version Least, Version Most)? range) =>
        range is not { } limits || (AnsiblePython.Minor(version) >= limits.Least && AnsiblePython.Minor(version) <= limits.Most);

    private async Task<Version?> VersionAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            var ask = CommandLine.Of(program, "-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))");
            var result = await commands.RunAsync(ask, cancellationToken: cancellationToken);
            return result.Succeeded && Version.TryParse(result.StandardOutput.Trim(), out var version) ? version : null;
        }
        catch (UserError)
        {
            return null;
        }
    }
}

/// <summary>A Python to make a virtual environment with, or why there is none.</summary>
/// <param name="Program">The interpreter; null for none.</param>
internal sealed record FoundPython(string? Program, Version? Version, string? Problem);
