using System.Diagnostics;
using System.Text.RegularExpressions;

namespace KubeLab.Lab.Tests.Kubespray;

/// <summary>What a run of the real Kubespray takes that this checkout doesn't have: its tree, what it downloads, an Ansible that it
/// takes. Found by the environment, else in KubeLab's cache; nothing is fetched.</summary>
/// <param name="Checkout">Kubespray: a tree of the release, or a repository that has its tag; null where there is none.</param>
/// <param name="Bundle">The folder with what it downloads; null where there is none.</param>
/// <param name="Ansible">The folder that has a fitting <c>ansible-playbook</c>; null where there is none.</param>
/// <param name="Missing">What is missing, each with how to get it.</param>
public sealed partial record KubesprayParts(string? Checkout, string? Bundle, string? Ansible, IReadOnlyList<string> Missing)
{
    /// <summary>Looks for the parts of a release.</summary>
    /// <param name="variable">The environment.</param>
    /// <param name="cache">KubeLab's cache.</param>
    public static KubesprayParts Find(Era era, Func<string, string?> variable, string cache)
    {
        List<string> missing = [];
        var checkout = Folder(
            variable, "KUBESPRAY_CHECKOUT", Path.Combine(cache, "test-kubespray", era.Tag, "checkout"), IsCheckout,
            $"Kubespray {era.Tag}: a clone that has the tag, or the tag's tree", "git clone https://github.com/kubernetes-sigs/kubespray.git", missing);
        var bundle = Folder(
            variable, "KUBELAB_BUNDLE", Path.Combine(cache, "test-kubespray", era.Tag, "bundle"), folder => Directory.Exists(Path.Combine(folder, "files")),
            $"what {era.Tag} with Kubernetes {era.Kubernetes} downloads: a bundle, or a folder that one can be made from",
            "./build.sh BundleArtifacts --inventory lab-kubespray (docs/lab-kubespray.md says what has to be in it)", missing);
        var ansible = AnsibleFolders(variable).FirstOrDefault(folder => Fits(era, Path.Combine(folder, "ansible-playbook")));
        if (ansible is null)
            missing.Add(
                $"An Ansible from {era.Ansible.From} up to, but not including, {era.Ansible.Below}: none on the PATH; KUBELAB_ANSIBLE names the folder of its ansible-playbook. "
                + $"To get it: a virtual environment with {era.Tag}'s requirements.txt");
        return new KubesprayParts(checkout, bundle, ansible, missing);
    }

    private static string? Folder(
        Func<string, string?> variable, string name, string cached, Func<string, bool> isOne, string what, string how, List<string> missing)
    {
        var named = variable(name) is { Length: > 0 } value ? Path.GetFullPath(value) : null;
        if ((named ?? cached) is var folder && isOne(folder))
            return folder;
        missing.Add($"{char.ToUpperInvariant(what[0])}{what[1..]}: "
            + (named is null ? $"{name} isn't set, and {cached} isn't there. " : $"{name} names {named}, which is none. ")
            + $"To get it: {how}");
        return null;
    }

    // A tree, a clone, or a repository without a work tree.
    private static bool IsCheckout(string folder) =>
        File.Exists(Path.Combine(folder, "cluster.yml")) || File.Exists(Path.Combine(folder, "HEAD")) || Path.Exists(Path.Combine(folder, ".git"));

    private static IEnumerable<string> AnsibleFolders(Func<string, string?> variable) =>
        $"{variable("KUBELAB_ANSIBLE")}{Path.PathSeparator}{variable("PATH")}".Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(folder => File.Exists(Path.Combine(folder, "ansible-playbook")));

    private static bool Fits(Era era, string program)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return Version.TryParse(VersionPattern().Match(said).Groups["version"].Value, out var version)
            && version >= era.Ansible.From && version < era.Ansible.Below;
    }

    // "ansible-playbook [core 2.11.12]", and "ansible-playbook 2.9.27" before 2.11.
    [GeneratedRegex(@"\A\S+ \[?(core )?(?<version>\d+\.\d+(\.\d+)?)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();
}
