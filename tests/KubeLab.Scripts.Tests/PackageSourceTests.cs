using Shouldly;
using Xunit;

namespace KubeLab.Scripts;

[Collection(nameof(CompiledTree))]
public sealed class PackageSourceTests(CompiledTree compiled)
{
    [Fact]
    public async Task I_am_told_in_one_line_that_the_feed_lacks_the_packages_and_only_once()
    {
        // Arrange
        using var tree = compiled.Clone();

        // Act
        var again = await tree.RunAsync();

        // Assert
        compiled.FirstRun.ExitCode.ShouldBe(0, compiled.FirstRun.ToString());
        compiled.FirstRun.Error.Split('\n').Where(x => x.Contains("Package source", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ShouldContain("Package source: bundled (the feed does not serve KubeLab.Sample)");
        compiled.FirstRun.Output.ShouldContain("packages: bundled\n");
        again.Output.ShouldContain("packages: bundled\n");
        again.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_get_the_real_packages_once_the_feed_serves_them_and_the_versions_changed()
    {
        // Arrange
        using var tree = compiled.Clone();
        tree.ServePackage();
        await File.AppendAllTextAsync(tree.PathOf("Directory.Packages.props"), "<!-- changed -->\n");

        // Act
        var result = await tree.RunAsync();

        // Assert
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Error.ShouldContain("Package source: nuget");
        result.Output.ShouldContain("packages: nuget\n");
    }

    [Fact]
    public async Task I_can_insist_on_a_source_and_see_what_it_lacks()
    {
        // Arrange
        using var tree = compiled.Clone();

        // Act
        var result = await tree.RunWithAsync("PACKAGE_SOURCE", "nuget");

        // Assert
        result.ExitCode.ShouldNotBe(0);
        result.Error.ShouldContain("NU1101");
        result.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_cannot_name_a_source_that_does_not_exist()
    {
        using var tree = compiled.Clone();

        var result = await tree.RunWithAsync("PACKAGE_SOURCE", "Nuget");

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldBe("build.sh: PACKAGE_SOURCE is 'Nuget'; it may be nuget or bundled.\n");
        tree.DotnetCalls.ShouldBeEmpty();
    }

    [Fact]
    public async Task I_get_the_same_source_from_dotnet_and_an_editor()
    {
        var props = await File.ReadAllTextAsync(Repository.PathOf("Directory.Build.props"));

        props.ShouldContain("<Import Project=\"$(MSBuildThisFileDirectory).nuke/temp/package-source.props\"");
    }
}
