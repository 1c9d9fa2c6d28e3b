namespace KubeLab.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string directory) => File.Exists(Path.Combine(directory, "KubeLab.Build.sln"))
        ? directory
        : Find(Path.GetDirectoryName(directory) ?? Environment.GetEnvironmentVariable("KUBELAB_ROOT")
            ?? throw new InvalidOperationException("The tests run outside the checkout: set KUBELAB_ROOT to it."));
}
