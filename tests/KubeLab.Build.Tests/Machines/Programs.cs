namespace KubeLab.Tests.Machines;

/// <summary>Programs that integration tests start, and the reason to skip a test where one is missing.</summary>
internal static class Programs
{
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/usr/bin"])
        .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    public static string Require(string name)
    {
        Assert.SkipWhen(Find(name) is null, $"{name} is not installed here");
        return Find(name)!;
    }
}
