using System.Management.Automation;
using System.Management.Automation.Runspaces;

// Runs a script file with arguments, prints what it puts out, and exits with its exit code, as `pwsh -File` does.
if (args.Length == 0)
{
    await Console.Error.WriteLineAsync("Usage: KubeLab.Scripts.PowerShellHost <script.ps1> [arguments]");
    return 64;
}

using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
runspace.Open();
runspace.SessionStateProxy.SetVariable("script", args[0]);
runspace.SessionStateProxy.SetVariable("arguments", args[1..]);

using var shell = PowerShell.Create(runspace);
shell.AddScript("& $script @arguments");
shell.Streams.Error.DataAdded += (_, added) => Console.Error.WriteLine(shell.Streams.Error[added.Index]);

using var output = new PSDataCollection<PSObject>();
output.DataAdded += (_, added) => Console.WriteLine(output[added.Index]);

try
{
    await shell.InvokeAsync<PSObject, PSObject>(input: null, output);
}
catch (RuntimeException exception)
{
    await Console.Error.WriteLineAsync(exception.ErrorRecord + Environment.NewLine + exception.ErrorRecord.ScriptStackTrace);
    return 1;
}

return runspace.SessionStateProxy.GetVariable("LASTEXITCODE") as int? ?? (shell.HadErrors ? 1 : 0);
