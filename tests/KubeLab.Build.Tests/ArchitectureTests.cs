using System.Reflection;
using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Shouldly;
using Xunit;

namespace KubeLab.Tests;

/// <summary>The floors of CONTRIBUTING.md, held against the compiled code.</summary>
public sealed partial class ArchitectureTests
{
    private const string Targets = "Build*.cs";
    private static readonly Lazy<IReadOnlyList<Use>> AllUses = new(ReadUses);

    private static IReadOnlyDictionary<string, int> Floors { get; } = Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "CONTRIBUTING.md")))
        .SelectMany(row => Room().Matches(row.Groups["rooms"].Value)
            .Select(room => (Room: room.Groups["room"].Value, Floor: int.Parse(row.Groups["floor"].Value))))
        .ToDictionary(each => each.Room, each => each.Floor);

    [Fact]
    public void A_room_uses_rooms_on_lower_floors_only() =>
        (from use in AllUses.Value
         let of = use.Of ?? use.By
         where use.By != of && Floors[use.By] <= Floors[of]
         select $"{use} (floor {Floors[use.By]} uses floor {Floors[of]})").ShouldBeEmpty();

    [Fact]
    public void Every_room_stands_on_a_floor() =>
        Sources().Select(file => file.Split(Path.DirectorySeparatorChar)[0]).Distinct().Append(Targets).ShouldBe(Floors.Keys, ignoreOrder: true);

    [Fact]
    public void A_type_is_in_the_namespace_of_its_room()
    {
        var elsewhere = Sources().Where(file => !File.ReadLines(Path.Combine(Build, file))
            .Contains($"namespace KubeLab.{file.Split(Path.DirectorySeparatorChar)[0]};"));

        elsewhere.ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_targets_know_NUKE() =>
        AllUses.Value.Where(use => use.Used.StartsWith("Nuke.", StringComparison.Ordinal) && use.By != Targets).ShouldBeEmpty();

    [Fact]
    public void Only_the_output_and_the_view_of_a_running_playbook_write_to_a_terminal() =>
        AllUses.Value.Where(use => use.Used.StartsWith("Spectre.Console", StringComparison.Ordinal) && use.By != "Output"
            && !use.User.StartsWith("KubeLab.Ansible.Live", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Only_the_commands_start_programs() =>
        AllUses.Value.Where(use => (use.Used.StartsWith("CliWrap", StringComparison.Ordinal) || use.Used == "System.Diagnostics.ProcessStartInfo")
            && use.By != "Commands").ShouldBeEmpty();

    // Constants leave no trace where they are used: what other rooms use is a property, or an enum's.
    [Fact]
    public void No_room_offers_constants() =>
        typeof(global::Build).Assembly.GetTypes().Where(type => !type.IsEnum && RoomOf(type.FullName!) is not null)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Where(field => field.IsLiteral).Select(field => $"{field.DeclaringType}.{field.Name}").ShouldBeEmpty();

    private static string Build => Path.Combine(Repository.Root, "build");

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(Build, "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Build, file))
        .Where(file => Path.GetDirectoryName(file) is { Length: > 0 } && file.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));

    private static List<Use> ReadUses()
    {
        var architecture = new ArchLoader().LoadAssemblies(typeof(global::Build).Assembly).Build();
        return
        [
            .. from type in architecture.Types
               let user = RoomOf(type.FullName)
               where user is not null
               from target in type.Dependencies.Select(dependency => dependency.Target.FullName).Distinct(StringComparer.Ordinal)
               select new Use(user, type.FullName, RoomOf(target), target),
        ];
    }

    // What the compiler makes for all rooms together, such as the switch over a string, belongs to none.
    private static string? RoomOf(string type) => InRoom().Match(type) is { Success: true } match
        ? match.Groups["room"].Value
        : type == "Build" || type.StartsWith("Build+", StringComparison.Ordinal) ? Targets : null;

    private sealed record Use(string By, string User, string? Of, string Used)
    {
        public override string ToString() => $"{User} uses {Used}";
    }

    [GeneratedRegex(@"^\| (?<floor>\d+) \| (?<rooms>.+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"(^|; )`(?<room>[^`]+)`:", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Room();

    [GeneratedRegex(@"^KubeLab\.(?<room>\w+)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InRoom();
}
