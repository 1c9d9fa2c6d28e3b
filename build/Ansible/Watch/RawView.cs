namespace KubeLab.Ansible;

/// <summary>Shows a playbook run as Ansible itself does, with a sign of life where Ansible has said nothing for 30 s.</summary>
public sealed class RawView(ConsoleLog log, TimeProvider time) : IPlaybookView
{
    private readonly PlaybookPulse pulse = new(log, time);

    public void Line(string line)
    {
        pulse.Beat(line);
        log.Info(line);
    }

    public void Event(PlaybookEvent happened)
    {
    }

    public ValueTask DisposeAsync() => pulse.DisposeAsync();
}
