using KubeLab.Ansible;

namespace KubeLab.Status;

/// <summary>Each file is as the release would write it now.</summary>
internal sealed class ConfigurationCheck : IStatusCheck
{
    public string Id => "configuration";
    public string Title => "Files are as the release would write them now";
    public int Rank => 130;

    public Task<IReadOnlyList<Finding>> JudgeAsync(StatusScene scene, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Finding>>([.. Judge(scene)]);

    private static IEnumerable<Finding> Judge(StatusScene scene)
    {
        if (scene.Release.Problem is { } problem)
            yield return Finding.Drift(null, $"not all files could be rendered: {problem}",
                "Look at what Ansible said; ./build.sh ValidateInventory judges the inventory.", unknown: true);
        var differences = FileDifference.All(scene);
        foreach (var each in differences)
        {
            var task = $"{scene.Shown(each.File.File)}:{each.File.Line}";
            var anew = each.File.Notifies is { Count: > 0 } handlers ? $", and call \"{string.Join("\", \"", handlers)}\"" : "";
            yield return Finding.Drift(each.Node,
                each.IsMissing ? $"{each.Path} is not there" : $"{each.Path} differs in {each.Changed} lines",
                    $"A Deploy would write it anew ({task}){anew}.") with
            { Subject = each.Path };
        }

        foreach (var unreadable in scene.Nodes.Where(node => node is { Says: not null, Problem: null })
            .SelectMany(node => node.Says!.Unreadable.Select(path => (node.Name, path))))
            yield return Finding.Drift(unreadable.Name, $"{unreadable.path} can't be read",
                "Make sure that it is a file that root may read.", unknown: true);
        foreach (var unknown in scene.Release.Unwritten.GroupBy(file => (file.Dest, file.Reason)))
            yield return Finding.NotCompared(null,
                $"{Named(unknown.Key.Dest, unknown.First())} of {string.Join(", ", unknown.Select(file => file.Host).Distinct())}: {unknown.Key.Reason}");
        var compared = scene.Release.Written.Count(file => scene.Of(file.Host)?.Says?.Files.ContainsKey(file.Dest) == true);
        if (compared > 0)
            yield return Finding.Same($"{compared} files were compared, {differences.Count} differ");
    }

    private static string Named(string path, UnwrittenFile file) => path.Length > 0 ? path : $"what \"{file.Name}\" writes";
}
