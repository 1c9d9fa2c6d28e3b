using KubeLab.Distributions;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Distributions;

/// <summary>The trees of real releases, out of the clone of Kubespray that KUBESPRAY_CHECKOUT names.</summary>
internal static class KubesprayCheckout
{
    private const string Variable = "KUBESPRAY_CHECKOUT";

    /// <summary>Extracts a release, or skips the test where there is none.</summary>
    public static async Task<Distribution> ExtractAsync(TemporaryDirectory root, string tag)
    {
        var checkout = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(checkout), $"{Variable} names no clone of Kubespray");
        var git = new CommandRunner();
        var known = await git.RunAsync(CommandLine.Of("git", "-C", checkout!, "cat-file", "-e", $"{tag}^{{commit}}"));
        Assert.SkipUnless(known.Succeeded, $"the clone in {checkout} has no {tag}");
        var archive = CommandLine.Of("git", "-C", checkout!, "archive", "--format=tar", $"--output={root.File("tree.tar")}", tag);
        (await git.RunAsync(archive)).EnsureSucceeded("git archive");
        Directory.CreateDirectory(root.File("kubespray"));
        (await git.RunAsync(CommandLine.Of("tar", "-x", "-f", root.File("tree.tar"), "-C", root.File("kubespray")))).EnsureSucceeded("tar");
        File.Delete(root.File("tree.tar"));
        return Distribution.Open($"kubespray {tag}", root.File("kubespray"));
    }
}
