using System.Net;
using System.Net.Sockets;
using KubeLab.Preflight;
using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Preflight;

/// <summary>The real scripts, run by a real shell; in sudo's place a program that treats its input as sudo does.</summary>
public sealed class BecomeScriptTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    [Fact]
    public async Task I_read_this_machine_without_escalation_where_none_is_needed()
    {
        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = Environment.UserName });

        facts.Become.ShouldBe(BecomeOutcome.Worked);
        facts.Complete.ShouldBeTrue();
        facts.MemoryMb!.Value.ShouldBeGreaterThan(0);
        facts.Kernel.ShouldNotBeNull();
        facts.ListeningPorts.ShouldNotBeNull();
        facts.FileSystems.ShouldContain(system => system.Path == "/");
        facts.Clock!.SecondsSince1970.ShouldBe(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), tolerance: 120);
    }

    [Theory]
    [InlineData("ss")]
    [InlineData("ip")]
    [InlineData("stat")]
    [InlineData("stat", "df")]
    [InlineData("date")]
    [InlineData("ls")]
    [InlineData("uname")]
    [InlineData("id")]
    [InlineData("python3")]
    [InlineData("grep")]
    [InlineData("ss", "ip", "stat", "df", "date", "ls", "uname", "id", "python3", "grep")]
    public async Task I_miss_what_a_tool_that_is_missing_tells_and_nothing_else(params string[] missing)
    {
        var request = new ProbeRequest { BecomeUser = Environment.UserName, Ports = [22], Modules = ["overlay"] };
        string[] tools = ["ss", "ip", "stat", "df", "date", "ls", "uname", "id", "python3", "grep"];
        foreach (var tool in tools.Except(missing).Where(tool => Programs.Find(tool) is not null))
            File.CreateSymbolicLink(Path.Combine(System.IO.Directory.CreateDirectory(directory.File("bin")).FullName, tool), Programs.Find(tool)!);
        foreach (var tool in missing)
            Absent(tool);

        var facts = await ProbeAsync(request, path: directory.File("bin"));

        facts.Complete.ShouldBeTrue();
        facts.Become.ShouldBe(BecomeOutcome.Worked);
        bool Has(string tool) => !missing.Contains(tool);
        (facts.Addresses is not null).ShouldBe(Has("ip") && Programs.Find("ip") is not null);
        (facts.FileSystems.Count > 0).ShouldBe(Has("stat") || Has("df"));
        (facts.Clock is not null).ShouldBe(Has("date"));
        (facts.MemoryTotalKb is not null).ShouldBe(Has("grep"));
        (facts.Kernel is not null).ShouldBe(Has("grep"));
        facts.ListeningPorts.ShouldNotBeNull();
        // Each is named, but for Python, which has a check of its own; some are asked for only on some machines.
        facts.Lacking.ShouldBeSubsetOf(missing);
        string[] always = ["grep", "stat", "ip", "date", .. Has("stat") ? Array.Empty<string>() : ["df"]];
        facts.Lacking.Intersect(always).ShouldBe(missing.Intersect(always), ignoreOrder: true);
        using var cluster = new SampleCluster().Node("k8s-n1", "w", facts);
        using var whole = new SampleCluster().Node("k8s-n1", "w", await ProbeAsync(request));
        cluster.Judge().Where(finding => finding.Status >= FindingStatus.Warning).ExceptBy(Said(whole), finding => finding.Check)
            .Where(finding => finding.Check != "python").ShouldAllBe(finding => finding.Unknown && (missing.Any(tool => finding.Message.EndsWith($"it has no {tool}")) || finding.Check == "mtu"));
    }

    // The kernel lists what listens before what is connected, and the probe reads no further.
    [Theory]
    [InlineData("127.0.0.1", 0)]
    [InlineData("127.0.0.1", 3)]
    [InlineData("::1", 0)]
    [InlineData("::1", 3)]
    public async Task I_see_all_that_listens_with_connections_and_without(string address, int connections)
    {
        Assert.SkipUnless(address == "127.0.0.1" || Socket.OSSupportsIPv6, "this machine has no IPv6");
        using var first = new TcpListener(IPAddress.Parse(address), 0);
        using var second = new TcpListener(IPAddress.Parse(address), 0);
        first.Start();
        second.Start();
        var clients = new List<TcpClient>();
        for (var i = 0; i < connections; i++)
        {
            clients.Add(new TcpClient(first.LocalEndpoint.AddressFamily));
            await clients[i].ConnectAsync((IPEndPoint)first.LocalEndpoint);
        }

        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = Environment.UserName, Ports = [Port(second)] });

        clients.ForEach(client => client.Dispose());
        facts.ListeningPorts!.ShouldContain(each => each.Port == Port(first) && each.Address.Equals(IPAddress.Parse(address)));
        var owner = facts.ListeningPorts!.Single(each => each.Port == Port(second)).Owner;
        (owner is not null).ShouldBe(Programs.Find("ss") is not null);
    }

    [Fact]
    public async Task I_read_a_machine_whose_shell_and_tools_are_busyboxs()
    {
        var busybox = Programs.Require("busybox");
        foreach (var tool in new[] { "sh", "grep", "stat", "df", "ip", "date", "ls", "uname", "id" })
            File.CreateSymbolicLink(Path.Combine(System.IO.Directory.CreateDirectory(directory.File("bin")).FullName, tool), busybox);

        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = Environment.UserName, Modules = ["overlay"] }, path: directory.File("bin"), shell: directory.File("bin/sh"));

        var whole = await ProbeAsync(new ProbeRequest { BecomeUser = Environment.UserName, Modules = ["overlay"] });
        facts.Complete.ShouldBeTrue();
        facts.Become.ShouldBe(BecomeOutcome.Worked);
        facts.MemoryMb.ShouldBe(whole.MemoryMb);
        facts.Addresses.ShouldBe(whole.Addresses);
        facts.FileSystems.Select(each => (each.Path, each.SizeBytes)).ShouldBe(whole.FileSystems.Select(each => (each.Path, each.SizeBytes)));
        facts.DefaultRoutes.ShouldBe(whole.DefaultRoutes);
        facts.LoadedModules.ShouldBe(whole.LoadedModules);
        facts.Cpus.ShouldBe(whole.Cpus);
        facts.Clock.ShouldNotBeNull();
    }

    [Fact]
    public async Task I_become_another_user_without_a_password()
    {
        Sudo("exec \"$@\"");

        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = "another" });

        facts.Become.ShouldBe(BecomeOutcome.Worked);
        facts.Complete.ShouldBeTrue();
    }

    [Fact]
    public async Task I_am_told_what_sudo_complains_of_and_see_the_rest_all_the_same()
    {
        Sudo("echo 'sudo: a password is required' >&2; exit 1");

        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = "another" });

        facts.Become.ShouldBe(BecomeOutcome.Refused);
        facts.BecomeMessage.ShouldBe("sudo: a password is required");
        facts.MemoryMb!.Value.ShouldBeGreaterThan(0);
        facts.Complete.ShouldBeTrue();
    }

    [Fact]
    public async Task I_am_told_that_there_is_no_sudo()
    {
        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = "another", BecomeMethod = "doas" });
        Assert.SkipWhen(Programs.Find("doas") is not null, "doas is installed here");

        facts.Become.ShouldBe(BecomeOutcome.Refused);
        facts.BecomeMessage.ShouldContain("not found");
    }

    [Fact]
    public async Task I_give_sudo_its_password_and_nothing_else()
    {
        Sudo(AsksForAPassword);

        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = "another", BecomePassword = "it's $(secret) \"quoted\"" });

        facts.Become.ShouldBe(BecomeOutcome.Worked);
        facts.Complete.ShouldBeTrue();
        (await File.ReadAllTextAsync(directory.File("asked"))).ShouldBe("1\n");
    }

    [Fact]
    public async Task I_try_a_wrong_password_once()
    {
        Sudo(AsksForAPassword);

        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = "another", BecomePassword = "wrong" });

        facts.Become.ShouldBe(BecomeOutcome.Refused);
        facts.BecomeMessage.ShouldContain("incorrect password");
        facts.Complete.ShouldBeTrue();
        (await File.ReadAllTextAsync(directory.File("asked"))).ShouldBe("1\n");
    }

    [Fact]
    public async Task I_never_show_a_password_where_sudo_needs_none()
    {
        Sudo("exec \"$@\"");

        var result = await RunAsync(new ProbeRequest { BecomeUser = "another", BecomePassword = "hunter2" });

        NodeFactsParser.Parse(result.StandardOutput, Marker)!.Become.ShouldBe(BecomeOutcome.Worked);
        (result.StandardOutput + result.StandardError).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task I_say_that_I_do_not_try_a_method_that_needs_a_terminal()
    {
        var facts = await ProbeAsync(new ProbeRequest { BecomeUser = "another", BecomeMethod = "su" });

        facts.Become.ShouldBe(BecomeOutcome.NotTried);
        facts.Complete.ShouldBeTrue();
    }

    [Fact]
    public void I_do_not_print_a_password_with_a_request() => new ProbeRequest { BecomePassword = "hunter2" }.ToString().ShouldNotContain("hunter2");

    [Fact]
    public async Task I_change_nothing_on_a_machine()
    {
        var strace = Programs.Require("strace");
        var trace = directory.File("trace");
        var calls = "open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,chmod,fchmodat,chown,fchownat,truncate,utimensat,connect,bind,mknod,mknodat,kill,mount";
        var traced = ProbeScript.For(new ProbeRequest { Marker = Marker, BecomeUser = Environment.UserName, Ports = [22], Modules = ["overlay"] });

        var result = await new CommandRunner().RunAsync(CommandLine.Of(strace, "-f", "-qq", "-o", trace, "-e", $"trace={calls}", "/bin/sh", "-s") with { StandardInput = traced.StandardInput });

        Assert.SkipWhen(result.StandardError.Contains("Operation not permitted", StringComparison.Ordinal), "strace may not trace here");
        NodeFactsParser.Parse(result.StandardOutput, Marker)!.Complete.ShouldBeTrue();
        var lines = await File.ReadAllLinesAsync(trace);
        lines.Length.ShouldBeGreaterThan(50);
        lines.Where(Changes).ShouldBeEmpty();
    }

    public void Dispose() => directory.Dispose();

    private const string Marker = "MARKER";

    // As sudo -S does: one line of standard input is the password, and three tries are all there are.
    private const string AsksForAPassword = """
        [ "$1" = -n ] && { echo 'sudo: a password is required' >&2; exit 1; }
        tries=0
        while [ $tries -lt 3 ] && IFS= read -r line; do
          tries=$((tries + 1))
          [ "$line" = "it's \$(secret) \"quoted\"" ] && { echo $tries > "$asked"; shift_options "$@"; }
        done
        echo $tries > "$asked"
        echo "sudo: $tries incorrect password attempt" >&2
        exit 1
        """;

    // Netlink and the resolver's cache are asked by connecting a socket of this machine; nothing else is connected to.
    private static bool Changes(string line)
    {
        if (line.Contains("= -1 ", StringComparison.Ordinal))
            return false;
        if (line.Contains("open", StringComparison.Ordinal))
            return (line.Contains("O_WRONLY", StringComparison.Ordinal) || line.Contains("O_RDWR", StringComparison.Ordinal) || line.Contains("O_CREAT", StringComparison.Ordinal)) && !line.Contains("\"/dev/null\"", StringComparison.Ordinal);
        return !line.Contains("AF_NETLINK", StringComparison.Ordinal) && !line.Contains("AF_UNIX", StringComparison.Ordinal) && line.Contains('(', StringComparison.Ordinal);
    }

    private void Sudo(string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the probe is for a POSIX shell");
        var sudo = directory.Write("bin/sudo", $$"""
            #!/bin/sh
            asked='{{directory.File("asked")}}'
            shift_options() {
              while [ $# -gt 0 ]; do
                case $1 in -u|-p) shift 2 ;; -*) shift ;; *) break ;; esac
              done
              exec "$@"
            }
            {{(body.StartsWith("exec", StringComparison.Ordinal) ? "shift_options \"$@\"" : body)}}
            """);
        File.SetUnixFileMode(sudo, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    // In its place something that ends as a shell does that finds no such command; the folders that the probe looks in besides can't be taken away.
    private void Absent(string tool) => File.SetUnixFileMode(directory.Write($"bin/{tool}", "#!/bin/sh\nexit 127\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static IEnumerable<string> Said(SampleCluster cluster) =>
        cluster.Judge().Where(finding => finding.Status is FindingStatus.Failed or FindingStatus.Warning).Select(finding => finding.Check);

    private async Task<NodeFacts> ProbeAsync(ProbeRequest request, string? path = null, string? shell = null) =>
        NodeFactsParser.Parse((await RunAsync(request, path, shell)).StandardOutput, Marker)!;

    private async Task<CommandResult> RunAsync(ProbeRequest request, string? path = null, string? shell = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the probe is for a POSIX shell");
        var command = ProbeScript.For(request with { Marker = Marker });
        return await new CommandRunner().RunAsync(new CommandLine(shell ?? command.Words[0], [.. command.Words.Skip(1)])
        {
            StandardInput = command.StandardInput,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PATH"] = path ?? $"{directory.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}" },
        });
    }
}
