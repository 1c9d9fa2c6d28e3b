namespace KubeLab.Lab.Tests;

/// <summary>One run of <c>./build.sh</c>, as a person would have seen it.</summary>
public sealed record KubeLabRun(int ExitCode, string Output, TimeSpan Duration)
{
    public KubeLabRun ShouldSucceed()
    {
        ExitCode.ShouldBe(0, Output);
        return this;
    }

    public KubeLabRun ShouldFail()
    {
        ExitCode.ShouldNotBe(0, Output);
        return this;
    }
}
