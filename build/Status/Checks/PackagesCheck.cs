namespace KubeLab.Status;

/// <summary>The packages that the release installs are there, and none of them is held back.</summary>
internal sealed class PackagesCheck : IStatusCheck
{
    public string Id => "packages";
    public string Title => "The release's packages are there, and none is held";
    public int Rank => 140;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>([.. Judge(scene)]);

    private static IEnumerable<Finding> Judge(StatusScene scene)
    {
        var (missing, held, compared) = (0, 0, 0);
        foreach (var node in scene.Nodes.Where(node => node.Says?.Packages is not null))
        {
            var wanted = scene.Release.Packages.Where(each => each.Host == node.Name)
                .SelectMany(each => each.Packages
                    .Select(name => (Name: name.Split('=')[0], Task: $"{scene.Shown(each.File)}:{each.Line}")))
                .DistinctBy(each => each.Name).ToList();
            compared += wanted.Count;
            foreach (var (name, task) in wanted.Where(each => !node.Says!.Packages!.ContainsKey(each.Name)))
            {
                missing++;
                yield return Finding.Drift(node.Name, $"the package {name} is not installed",
                    $"A Deploy would install it ({task}).");
            }

            // Others hold packages of their own, such as a kernel.
            foreach (var name in node.Says!.Held.Where(name => wanted.Exists(each => each.Name == name)))
            {
                held++;
                yield return Finding.Drift(node.Name,
                    $"the package {name} is held at {node.Says.Packages!.GetValueOrDefault(name, "no version")}",
                    $"Let it go where nothing needs it held: apt-mark unhold {name}. A Deploy can't bring another version as long as it is.");
            }
        }

        if (missing + held == 0)
            yield return compared > 0 ? Finding.Same($"{compared} packages are there, none of them held")
                : Finding.NotCompared(null, "which packages the release installs could not be told");
    }
}
