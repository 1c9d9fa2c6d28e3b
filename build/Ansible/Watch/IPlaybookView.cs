namespace KubeLab.Ansible;

/// <summary>Shows a playbook run while it goes on. It is told of lines and events from any thread, one at a time.</summary>
public interface IPlaybookView : IAsyncDisposable
{
    /// <summary>Ansible said a line.</summary>
    void Line(string line);

    /// <summary>Ansible's callback told of something.</summary>
    void Event(PlaybookEvent happened);
}
