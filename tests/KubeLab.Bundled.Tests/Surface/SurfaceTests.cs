using Nuke.Common;

namespace KubeLab.Bundled.Surface;

/// <summary>The stand-in offers nothing that the real package lacks, so that what is built on it builds on the real one.</summary>
public sealed class SurfaceTests
{
    private static readonly string[] Real =
    [
        .. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Surface", "Nuke.Common-10.1.0.txt"))
            .Where(line => !line.StartsWith('#')),
    ];

    [Fact]
    public void The_surface_is_part_of_the_real_one()
    {
        // Act
        var offered = Signatures.Of(typeof(NukeBuild).Assembly);

        // Assert
        offered.ShouldNotBeEmpty();
        offered.Except(Real).ShouldBeEmpty();
    }

    [Fact]
    public void The_list_holds_nothing_that_is_not_offered()
    {
        Real.ShouldBe(Signatures.Of(typeof(NukeBuild).Assembly));
    }

    [Fact]
    public void The_assembly_is_named_like_the_package()
    {
        typeof(NukeBuild).Assembly.GetName().Name.ShouldBe("Nuke.Common");
    }
}
