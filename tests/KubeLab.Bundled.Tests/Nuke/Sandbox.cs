using System.Linq.Expressions;
using Nuke.Common;
using Nuke.Common.Execution;
using Nuke.Common.Output;

namespace KubeLab.Bundled.Nuke;

/// <summary>A directory with a <c>.nuke</c> of its own, in which builds run as a command line would run them.</summary>
public sealed class Sandbox : IDisposable
{
    public Sandbox() => System.IO.Directory.CreateDirectory(Path.Combine(Directory, ".nuke"));

    /// <summary>The directory.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("kubelab-bundled-").FullName;

    /// <summary>The directory that a build is started in, where it isn't the sandbox itself.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>The environment of the runs.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes a file into the sandbox.</summary>
    public void Write(string path, string text) => File.WriteAllText(Path.Combine(Directory, path), text);

    /// <summary>Runs a build without a default target.</summary>
    /// <param name="commandLine">Its arguments, with a blank between each two.</param>
    public RunResult<T> Run<T>(string commandLine)
        where T : RecordingBuild, new() =>
        Run<T>(commandLine, []);

    /// <summary>Runs a build with default targets.</summary>
    public RunResult<T> Run<T>(string commandLine, params Expression<Func<T, Target>>[] defaults)
        where T : RecordingBuild, new()
    {
        using var output = new StringWriter();
        var invocation = new Invocation(
            commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Variables,
            WorkingDirectory ?? Directory,
            new BuildOutput(output, coloured: false));
        var exitCode = new BuildRun<T>(invocation).Execute(defaults);
        return new RunResult<T>(exitCode, output.ToString(), (T)RecordingBuild.Last!);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
