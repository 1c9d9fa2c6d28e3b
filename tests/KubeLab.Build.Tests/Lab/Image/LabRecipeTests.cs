using KubeLab.Lab;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Lab;

public sealed class LabRecipeTests : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    public LabRecipeTests()
    {
        folder.Write("build.sh", "#!/bin/sh\n");
        folder.Write("packages/node.txt", "systemd\n");
    }

    private LabRecipe Recipe => new(folder.Path);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_same_recipe_has_the_same_hash_wherever_it_lies()
    {
        using var copy = new TemporaryDirectory();
        copy.Write("packages/node.txt", "systemd\n");
        copy.Write("build.sh", "#!/bin/sh\n");

        new LabRecipe(copy.Path).Hash().ShouldBe(Recipe.Hash());
        Recipe.Hash().ShouldMatch("^[0-9a-f]{16}$");
    }

    [Fact]
    public void Another_byte_is_another_recipe()
    {
        var before = Recipe.Hash();
        folder.Write("packages/node.txt", "systemd \n");

        Recipe.Hash().ShouldNotBe(before);
    }

    [Fact]
    public void Another_name_is_another_recipe()
    {
        var before = Recipe.Hash();
        File.Move(folder.File("packages/node.txt"), folder.File("packages/nodes.txt"));

        Recipe.Hash().ShouldNotBe(before);
    }

    [Fact]
    public void A_file_more_is_another_recipe()
    {
        var before = Recipe.Hash();
        folder.Write("steps/new.sh", "");

        Recipe.Hash().ShouldNotBe(before);
    }

    [Fact]
    public void Bytes_that_move_from_one_file_to_the_next_are_another_recipe()
    {
        folder.Write("a", "12");
        folder.Write("b", "3");
        var before = Recipe.Hash();
        folder.Write("a", "1");
        folder.Write("b", "23");

        Recipe.Hash().ShouldNotBe(before);
    }

    [Fact]
    public void Another_processor_is_another_recipe() => Recipe.Hash("X64").ShouldNotBe(Recipe.Hash("Arm64"));

    [Fact]
    public void A_recipe_that_is_not_there_is_an_error() =>
        Should.Throw<DirectoryNotFoundException>(() => new LabRecipe(folder.File("nowhere")).Hash());
}
