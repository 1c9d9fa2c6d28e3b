using CliWrap;
using Nuke.Common;

namespace KubeLab.Bundled.Surface;

/// <summary>The stand-ins offer nothing that the real packages lack, so that what is built on them builds on the real ones.</summary>
public sealed class SurfaceTests
{
    [Theory]
    [InlineData(typeof(NukeBuild), "Nuke.Common-10.1.0.txt")]
    [InlineData(typeof(Cli), "CliWrap-3.10.1.txt")]
    public void The_surface_is_part_of_the_real_one(Type type, string file)
    {
        // Arrange
        var real = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Surface", file))
            .Where(line => !line.StartsWith('#'))
            .ToHashSet(StringComparer.Ordinal);

        // Act
        var offered = Signatures.Of(type.Assembly);

        // Assert
        offered.ShouldNotBeEmpty();
        offered.Where(line => !real.Contains(line)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(typeof(NukeBuild), "Nuke.Common-10.1.0.txt")]
    [InlineData(typeof(Cli), "CliWrap-3.10.1.txt")]
    public void The_list_holds_nothing_that_is_not_offered(Type type, string file)
    {
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Surface", file))
            .Where(line => !line.StartsWith('#'))
            .ShouldBe(Signatures.Of(type.Assembly));
    }

    [Fact]
    public void Assemblies_are_named_like_the_packages()
    {
        Name(typeof(NukeBuild)).ShouldBe("Nuke.Common");
        Name(typeof(Cli)).ShouldBe("CliWrap");

        static string? Name(Type type) => type.Assembly.GetName().Name;
    }
}
