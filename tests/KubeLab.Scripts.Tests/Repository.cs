using System.Reflection;

namespace KubeLab.Scripts;

/// <summary>The checkout that these tests belong to.</summary>
static class Repository
{
    /// <summary>The root folder, with build.sh.</summary>
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(x => x.Key == "RepositoryRoot").Value!
        .TrimEnd('/', '\\');

    /// <summary>A file or folder of the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);
}
