using System.Security.Cryptography;
using System.Text;
using Nuke.Common.IO;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>
/// What <c>--continue</c> goes by: the targets that succeeded in the last run with the same words on the command line. Options
/// don't count, their values do.
/// </summary>
internal sealed class BuildAttempt
{
    private readonly AbsolutePath file;

    private BuildAttempt(AbsolutePath file) => this.file = file;

    /// <summary>The targets that need not run again.</summary>
    public IReadOnlyCollection<string> Done { get; private set; } = [];

    /// <summary>Begins a new attempt, or goes on with the last one.</summary>
    public static BuildAttempt Begin(Invocation invocation, bool goesOn)
    {
        var directory = invocation.RootDirectory / ".nuke" / "temp";
        Directory.CreateDirectory(directory);
        var attempt = new BuildAttempt(directory / "build-attempt.log");
        var words = string.Join(' ', invocation.Arguments.All.Where(argument => !argument.StartsWith('-')));
        var fingerprint = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(words)));
        if (goesOn)
            attempt.Done = attempt.DoneBefore(fingerprint);
        File.WriteAllLines(attempt.file, attempt.Done.Prepend(fingerprint));
        return attempt;
    }

    /// <summary>Remembers that a target has succeeded.</summary>
    public void Add(ExecutableTarget target) => File.AppendAllLines(file, [target.Name]);

    private string[] DoneBefore(string fingerprint)
    {
        if (!File.Exists(file))
            return [];
        var lines = File.ReadAllLines(file);
        if (lines.FirstOrDefault() == fingerprint)
            return lines[1..];
        Log.Warning("The last run was another one, so that there is nothing to continue: all targets run");
        return [];
    }
}
