namespace KubeLab.Output;

/// <summary>Keeps what the build engine says off standard output, which is a command's own there: all of it is shown on standard
/// error where the run ends before the command began.</summary>
public sealed class EngineOutput
{
    private readonly StringBuilder kept = new();
    private bool isDropped;

    /// <summary>From now on, what this process writes to its console is kept.</summary>
    public EngineOutput()
    {
        System.Console.SetOut(TextWriter.Synchronized(new StringWriter(kept, CultureInfo.InvariantCulture)));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (!isDropped)
                System.Console.Error.Write(kept);
        };
    }

    /// <summary>The command has begun: what the engine says is not shown.</summary>
    public void Drop() => isDropped = true;

    /// <summary>Writes the one line that is the answer on standard output itself.</summary>
    public void Answer(string line)
    {
        using var output = System.Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes($"{line}\n"));
        Drop();
    }
}
