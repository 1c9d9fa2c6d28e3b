namespace KubeLab.Preflight;

/// <summary>
/// One check: a pure function over facts. A rule is one file under <c>Rules/</c> that implements <see cref="INodeRule"/> or
/// <see cref="IClusterRule"/> and has a constructor without parameters; it is found by itself.
/// </summary>
public interface IRule
{
    /// <summary>What it is called on the command line and in settings: lower case, words joined by dashes.</summary>
    string Id { get; }

    /// <summary>What it looks at, as the words of a title.</summary>
    string Title { get; }

    /// <summary>The worst that it may say: <see cref="FindingStatus.Fail"/> or <see cref="FindingStatus.Warn"/>.</summary>
    FindingStatus Severity { get; }

    /// <summary>What it judges, and so when it can run.</summary>
    RuleStage Stage { get; }

    /// <summary>The variables that it reads, so that their templates are resolved before it runs.</summary>
    IReadOnlyList<string> Variables => [];

    /// <summary>The kernel modules that the probe is to look for.</summary>
    IReadOnlyList<string> Modules => [];
}
