namespace KubeLab.Project;

/// <summary>One of KubeLab's own test projects.</summary>
/// <param name="ProjectFile">The project, relative to the root.</param>
public sealed record TestSuite(string Name, string ProjectFile)
{
    /// <summary>What <c>Test</c> runs: no lab, under five minutes.</summary>
    public static IReadOnlyList<TestSuite> Quick { get; } =
    [
        new("build", "tests/KubeLab.Build.Tests/KubeLab.Build.Tests.csproj"),
        new("bundled", "tests/KubeLab.Bundled.Tests/KubeLab.Bundled.Tests.csproj"),
        new("scripts", "tests/KubeLab.Scripts.Tests/KubeLab.Scripts.Tests.csproj"),
    ];

    /// <summary>What <c>TestLab</c> runs: the lab end to end.</summary>
    public static IReadOnlyList<TestSuite> Lab { get; } = [new("lab", "tests/KubeLab.Lab.Tests/KubeLab.Lab.Tests.csproj")];
}
