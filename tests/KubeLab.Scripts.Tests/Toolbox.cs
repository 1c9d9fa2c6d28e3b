namespace KubeLab.Scripts;

/// <summary>Where a program is on this machine's PATH.</summary>
static class Toolbox
{
    static readonly string[] Folders = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator);

    /// <summary>The full path of a program; null if the machine lacks it.</summary>
    public static string? Find(string program) =>
        Folders.Select(x => Path.Combine(x, program)).FirstOrDefault(File.Exists);

    /// <summary>The full path of a program, with links resolved, that every machine with these tests has.</summary>
    public static string Require(string program)
    {
        var path = Find(program) ?? throw new InvalidOperationException($"{program} is not on the PATH.");
        return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
    }

    /// <summary>Fills a folder with links to every program on the PATH but some.</summary>
    public static void LinkAllBut(string folder, params string[] programs)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Folders.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles))
        {
            var link = Path.Combine(folder, Path.GetFileName(file));
            if (!programs.Contains(Path.GetFileName(file)) && !File.Exists(link)) File.CreateSymbolicLink(link, file);
        }
    }
}
