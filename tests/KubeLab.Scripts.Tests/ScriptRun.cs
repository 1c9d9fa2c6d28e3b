using System.Diagnostics;

namespace KubeLab.Scripts;

/// <summary>A program that a test started; it is killed, with its children, when the test is done with it.</summary>
sealed class ScriptRun : IDisposable
{
    // What `dotnet test` and a running build set for their own children, and what would decide for the script under test.
    static readonly string[] Foreign = ["MSBUILD", "VSTEST", "DOTNET_", "NUKE", "PACKAGE_SOURCE", "KUBELAB"];

    readonly Process process;
    readonly Task<string> output;
    readonly Task<string> error;

    ScriptRun(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts a program with its input open.</summary>
    public static ScriptRun Start(
        string program,
        IEnumerable<string> arguments,
        string workingDirectory,
        IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? []) start.Environment[name] = value;
        return new ScriptRun(Process.Start(start)!);
    }

    /// <summary>Closes the program's input and waits for its end.</summary>
    /// <exception cref="TimeoutException">The program runs for longer than the limit, which is fifteen minutes where none is given.</exception>
    public async Task<ScriptResult> FinishAsync(TimeSpan? limit = null)
    {
        process.StandardInput.Close();
        var result = Task.WhenAll(output, error, process.WaitForExitAsync());
        await result.WaitAsync(limit ?? TimeSpan.FromMinutes(15));
        return new ScriptResult(process.ExitCode, await output, await error);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    static bool IsForeign(string name) => Foreign.Any(x => name.StartsWith(x, StringComparison.OrdinalIgnoreCase));
}
