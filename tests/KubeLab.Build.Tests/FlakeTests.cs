using System.Text.Json;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests;

/// <summary>The shell around KubeLab, with a stand-in for nixpkgs.</summary>
public class FlakeTests
{
    private const int MostLines = 60;

    [Fact]
    public void The_flake_is_short() => File.ReadAllLines(Path.Combine(Repository.Root, "flake.nix")).Length.ShouldBeLessThanOrEqualTo(MostLines);

    [Fact]
    public void The_container_is_described_by_JSON_that_names_its_image()
    {
        using var container = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer/devcontainer.json")));

        var image = container.RootElement.GetProperty("build").GetProperty("dockerfile").GetString()!;

        foreach (var tool in new[] { "sshpass", "openssh-client", "git", "python3-venv", "uv", "kubectl", "dotnet" })
            File.ReadAllText(Path.Combine(Repository.Root, ".devcontainer", image)).ShouldContain(tool);
    }

    [Fact]
    public async Task The_flake_has_a_shell_with_all_that_a_release_needs_and_a_program_that_deploys()
    {
        var nix = Programs.Require("nix");
        using var directory = new TemporaryDirectory();
        File.Copy(Path.Combine(Repository.Root, "flake.nix"), directory.Write("flake/flake.nix", ""), overwrite: true);
        File.Copy(Path.Combine(Repository.Root, "tests/nix/nixpkgs/flake.nix"), directory.Write("nixpkgs/flake.nix", ""), overwrite: true);

        var tools = await EvaluateAsync(nix, directory, "devShells.x86_64-linux.default.packages", "map (each: each.name)");
        var program = await EvaluateAsync(nix, directory, "apps.x86_64-linux.deploy.program", "each: each");

        tools.ShouldBe("""["python312","uv","openssh","sshpass","git","kubectl","dotnet-sdk_10"]""");
        program.ShouldEndWith("kubelab-Deploy/bin/kubelab-Deploy\"");
    }

    private static async Task<string> EvaluateAsync(string nix, TemporaryDirectory directory, string attribute, string apply)
    {
        // A path with a blank in it is no address of a flake.
        var link = Path.Combine(Path.GetTempPath(), $"kubelab-flake-{Guid.NewGuid():N}");
        Directory.CreateSymbolicLink(link, directory.Path);
        try
        {
            var evaluate = CommandLine.Of(
                nix, "--extra-experimental-features", "nix-command flakes", "--store", directory.File("store"), "eval", "--json",
                $"path:{link}/flake#{attribute}", "--apply", apply, "--override-input", "nixpkgs", $"path:{link}/nixpkgs", "--no-write-lock-file") with
            { Environment = new Dictionary<string, string?> { ["HOME"] = directory.File("home") } };
            return (await new CommandRunner().RunAsync(evaluate)).EnsureSucceeded("nix eval").StandardOutput.Trim();
        }
        finally
        {
            File.Delete(link);
        }
    }
}
