using KubeLab.Project;
using Nuke.Common;

// KubeLab's own: its tests, its linters, its measurements.
sealed partial class Build
{
    [Parameter("Only tests whose full name contains this. Default: all")]
    readonly string? TestFilter;

    Target Test => _ => _
        .Description("KubeLab's unit and integration tests: a real sshd on loopback, a real Ansible, no lab")
        .Executes(async () =>
        {
            await EnsureTestPackagesAsync();
            await Tests.RunAsync(TestSuite.Quick, TimeSpan.FromMinutes(28), TestFilter, Interruption);
        });

    Target TestLab => _ => _
        .Description("The lab end to end, as root: deploys, breaks, repairs and removes it")
        .Executes(async () =>
        {
            await EnsureTestPackagesAsync();
            await Tests.RunAsync(TestSuite.Lab, TimeSpan.FromMinutes(75), TestFilter, Interruption);
        });

    Target TestKubespray => _ => _
        .Description("The real Kubespray on the lab's machines, as root, from a bundle: what is missing is named, and skipped")
        .Executes(async () =>
        {
            await EnsureTestPackagesAsync();
            await Tests.RunAsync(TestSuite.Kubespray, TimeSpan.FromHours(4), TestFilter, Interruption);
        });

    Target Lint => _ => _
        .Description("Shell, YAML, Python, Ansible and C# held to their linters")
        .Executes(async () => await new LintRun(Commands, Console, RootDirectory).RunAsync(Linter.All, Interruption));

    Target Bench => _ => _
        .Description("Measures KubeLab side by side with what people would use instead, as ratios")
        .Executes(async () => await new BenchRun(Commands, Console, RootDirectory).RunAsync(Interruption));

    TestRun Tests => new(Commands, Console, RootDirectory);

    // What the tests start beside KubeLab itself. Without root on Debian, tests that lack one say so and are skipped.
    async Task EnsureTestPackagesAsync()
    {
        if (!Packages.CanInstall([]))
            return;
        string[] needed = [
            "ansible-core", "openssh-client", "openssh-server", "git", "shellcheck", "strace", "busybox", "fish", "tcsh", "zsh",
            "sudo", "python3-venv", "python3-junitparser", "chromium", "etcd-server", "etcd-client", "age",
        ];
        var missing = await Packages.MissingAsync(needed, Interruption);
        if (missing.Count > 0)
            await Packages.InstallAsync(missing, "KubeLab's tests start them", Interruption);
    }
}
