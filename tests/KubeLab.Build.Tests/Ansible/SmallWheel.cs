using System.IO.Compression;

namespace KubeLab.Tests.Ansible;

/// <summary>Wheels as small as pip takes them.</summary>
internal static class SmallWheel
{
    /// <summary>Writes a wheel.</summary>
    /// <param name="tag">The Python, interface and platform that it is for.</param>
    /// <param name="requires">What it requires, as in its metadata.</param>
    /// <param name="scripts">Its programs, as in entry_points.txt.</param>
    /// <returns>The file.</returns>
    public static string Write(
        string folder, string name, string version, string module = "", string tag = "py3-none-any", string requires = "", string scripts = "")
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{name}-{version}-{tag}.whl");
        File.Delete(file);
        using var wheel = ZipFile.Open(file, ZipArchiveMode.Create);
        Add(wheel, $"{(scripts.Length > 0 ? "handover" : name)}.py", module);
        var info = $"{name}-{version}.dist-info";
        Add(wheel, $"{info}/METADATA", $"Metadata-Version: 2.1\nName: {name.Replace('_', '-')}\nVersion: {version}\n{(requires.Length > 0 ? $"Requires-Dist: {requires}\n" : "")}");
        Add(wheel, $"{info}/WHEEL", $"Wheel-Version: 1.0\nGenerator: kubelab\nRoot-Is-Purelib: true\nTag: {tag}\n");
        if (scripts.Length > 0)
            Add(wheel, $"{info}/entry_points.txt", scripts);
        Add(wheel, $"{info}/RECORD", "");
        return file;
    }

    private static void Add(ZipArchive archive, string name, string text)
    {
        using var writer = new StreamWriter(archive.CreateEntry(name).Open());
        writer.Write(text);
    }
}
