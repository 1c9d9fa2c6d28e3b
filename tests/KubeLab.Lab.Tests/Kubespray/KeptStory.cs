using System.Globalization;
using System.Reflection;
using Xunit.v3;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>
/// A story of an hour need not begin at its beginning. What <c>KUBELAB_STORY</c> names is the folder where its inventory and bundle
/// stay, and its machines stand when it ends; with <c>KUBELAB_STORY_FROM</c>, a chapter's number, a story begins there, on what stands.
/// </summary>
internal static class KeptStory
{
    private const string FolderVariable = "KUBELAB_STORY";
    private const string FromVariable = "KUBELAB_STORY_FROM";

    /// <summary>The folder; null where nothing is kept.</summary>
    public static string? Folder { get; } =
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    /// <summary>Whether it begins on what an earlier run left.</summary>
    /// <exception cref="InvalidOperationException">The variable is no chapter, or there is nothing to go on with.</exception>
    public static bool GoesOn => From > 1 && (Directory.Exists(KubesprayMachine.Inventory)
        ? true
        : throw new InvalidOperationException($"{FromVariable} is set, but {FolderVariable} names no folder of an earlier run."));

    private static int From => Environment.GetEnvironmentVariable(FromVariable) is not { Length: > 0 } written ? 1
        : int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var chapter) && chapter > 0 ? chapter
        : throw new InvalidOperationException($"{FromVariable} is {written}, which is no number of a chapter.");

    /// <summary>Skips the chapters before the one that the story begins with.</summary>
    public static void SkipEarlierChapters()
    {
        var method = (TestContext.Current.TestMethod as IXunitTestMethod)?.Method;
        Assert.SkipWhen(
            method?.GetCustomAttribute<ChapterAttribute>() is { Number: var number } && number < From,
            $"the story begins with chapter {From}, on what stands ({FromVariable})");
    }
}
