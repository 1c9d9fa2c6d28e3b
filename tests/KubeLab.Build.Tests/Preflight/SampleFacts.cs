using System.Net;
using KubeLab.Preflight;

namespace KubeLab.Tests.Preflight;

/// <summary>Facts of machines.</summary>
internal static class SampleFacts
{
    /// <summary>A virtual machine with Debian 12, as it comes, of which nothing is to be said.</summary>
    public static NodeFacts Healthy(int number = 10, long memoryMb = 4096) => new()
    {
        Complete = true,
        Become = BecomeOutcome.Worked,
        UserId = 0,
        MemoryTotalKb = memoryMb * 1024,
        SwapAreas = [],
        Cpus = 2,
        Machine = "x86_64",
        Kernel = "6.1.0-18-amd64",
        OperatingSystem = new OsRelease("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
        InitProcess = "systemd",
        RunsSystemd = true,
        CgroupVersion = 2,
        Python = new PythonInterpreter("python3", new Version(3, 11, 2), "Python 3.11.2"),
        HostName = $"node-{number}",
        MachineId = $"{number:x32}",
        ProductUuid = $"00000000-0000-0000-0000-{number:x12}",
        FileSystems = [new FileSystem("1", "/", 40L << 30, 30L << 30, 2_000_000, 1_900_000), new FileSystem("1", "/var/lib", 40L << 30, 30L << 30, 2_000_000, 1_900_000)],
        Interfaces = [new NetworkInterface("lo", "00:00:00:00:00:00", 65536), new NetworkInterface("eth0", $"52:54:00:00:00:{number:x2}", 1500)],
        Addresses = [new InterfaceAddress("lo", IPAddress.Loopback, 8), new InterfaceAddress("eth0", IPAddress.Parse($"192.0.2.{number}"), 24)],
        DefaultRoutes = ["eth0"],
        NameServers = ["192.0.2.53"],
        ListeningPorts = [new ListeningPort(IPAddress.Any, 22, null)],
        LoadedModules = ["overlay"],
        AvailableModules = ["br_netfilter", "nf_conntrack", "ip_vs", "ip_vs_rr", "ip_vs_wrr", "ip_vs_sh"],
        ModuleTrees = ["6.1.0-18-amd64"],
        Services = ["systemd-timesyncd"],
        Paths = ["/run/systemd/system", "/run/systemd/timesync/synchronized"],
        Mounts = [new MountPoint("/", "ext4", ["rw", "relatime"])],
        InotifyInstances = 128,
        InotifyWatches = 65536,
        HasIpv6 = true,
        X86Level = 3,
        Glibc = new Version(2, 36),
        Clock = new ClockReading(1_767_323_045, 0, TimeSpan.FromSeconds(0.05)),
    };

    /// <summary>A whole answer whose sections hold nothing but what a test says, framed with the marker M.</summary>
    public static string Answer(params IReadOnlyList<(string Section, string Text)> sections) =>
        $"M hello\n{string.Concat(ProbeOutput.Names.Select(name => Framed(name, sections.LastOrDefault(each => each.Section == name).Text)))}M done {ProbeOutput.Names.Count}\n";

    public static string Framed(string section, string? text)
    {
        var lines = string.IsNullOrEmpty(text) ? "" : $"{text}\n";
        return $"\nM begin {section}\n{lines}M end {section} {System.Text.Encoding.UTF8.GetByteCount(lines)}\n";
    }

    public static NodeFacts Recorded(string sample) => NodeFactsParser.Parse(Text(sample), "MARKER")!;

    public static string Text(string sample) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Preflight", "samples", $"{sample}.txt"));
}
