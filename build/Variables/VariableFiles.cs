using YamlDotNet.Core;

namespace KubeLab.Variables;

/// <summary>
/// The files in the folders <c>group_vars</c> and <c>host_vars</c> beside an inventory, sorted by what Ansible makes of them
/// (<c>DataLoader.find_vars_files</c>): of a name only the first of the folder, the bare file and the known extensions is read.
/// </summary>
public sealed class VariableFiles
{
    // Ansible's yaml_valid_extensions, in its order.
    private static readonly string[] Extensions = [".yml", ".yaml", ".json"];

    private readonly List<VariableFile> files = [];
    private readonly string root;

    private VariableFiles(string root) => this.root = root;

    /// <summary>All files, in the order in which Ansible reads them.</summary>
    public IReadOnlyList<VariableFile> All => files;

    /// <summary>The files that Ansible reads where their group or host is in the inventory.</summary>
    public IEnumerable<VariableFile> Readable => files.Where(file => file.Passed is null);

    /// <summary>Finds them.</summary>
    /// <param name="inventories">What Ansible reads the inventory from, absolute: files, folders or scripts.</param>
    /// <param name="root">The folder that paths are shown relative to.</param>
    public static VariableFiles Beside(IEnumerable<string> inventories, string root)
    {
        var found = new VariableFiles(root);
        foreach (var folder in inventories.Select(Folder).Distinct(StringComparer.Ordinal))
        {
            found.AddAll(VariableOwner.Group, Path.Combine(folder, "group_vars"));
            found.AddAll(VariableOwner.Host, Path.Combine(folder, "host_vars"));
        }

        return found;
    }

    /// <summary>The folder whose <c>group_vars</c> belong to an inventory.</summary>
    public static string Folder(string inventory) =>
        Directory.Exists(inventory) ? inventory : Path.GetDirectoryName(inventory) ?? ".";

    private void AddAll(VariableOwner owner, string folder)
    {
        if (!Directory.Exists(folder))
            return;
        var directories = Names(Directory.EnumerateDirectories(folder));
        var names = Names(Directory.EnumerateFiles(folder)).ToHashSet(StringComparer.Ordinal);
        foreach (var directory in directories)
            AddFolder(owner, directory, Path.Combine(folder, directory));
        foreach (var name in names.Order(StringComparer.Ordinal))
            AddFile(owner, folder, name, names, directories);
    }

    private void AddFile(VariableOwner owner, string folder, string name, HashSet<string> names, List<string> directories)
    {
        var extension = Extensions.FirstOrDefault(each => name.EndsWith(each, StringComparison.Ordinal));
        var stem = extension is null ? name : name[..^extension.Length];
        var first = directories.Contains(stem) ? $"{stem}/"
            : Extensions.Prepend("").Select(each => stem + each).First(names.Contains);
        Add(owner, stem, Path.Combine(folder, name), first == name ? null : $"Ansible reads {first} in its place");
    }

    private void AddFolder(VariableOwner owner, string name, string path)
    {
        var entries = Directory.EnumerateFileSystemEntries(path).Select(each => Path.GetFileName(each)!)
            .Order(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var full = Path.Combine(path, entry);
            var extension = Path.GetExtension(entry);
            var passed = entry.StartsWith('.') || entry.EndsWith('~') ? "Ansible passes over hidden files and backups"
                : extension.Length > 0 && !(Extensions.Contains(extension) && File.Exists(full))
                    ? $"of files here Ansible only reads those that end in {string.Join(", ", Extensions)} or have no ending"
                        : null;
            if (!Directory.Exists(full))
                Add(owner, name, full, passed);
            else if (passed is null)
                AddFolder(owner, name, full);
            else
                Add(owner, name, full, "Ansible passes over folders with a dot in their name");
        }
    }

    private void Add(VariableOwner owner, string name, string path, string? passed) =>
        files.Add(new VariableFile(owner, name, path, ShownPath.Of(root, path), passed));

    private static List<string> Names(IEnumerable<string> paths) =>
        [.. paths.Select(path => Path.GetFileName(path)!).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal)];
}

/// <summary>Whose variables a file holds.</summary>
public enum VariableOwner
{
    /// <summary>A group's: <c>group_vars</c>.</summary>
    Group,

    /// <summary>A host's: <c>host_vars</c>.</summary>
    Host,
}

/// <summary>A file of variables.</summary>
/// <param name="Name">The group or host.</param>
/// <param name="Shown">The path as messages show it.</param>
/// <param name="Passed">Why Ansible doesn't read it whatever the inventory holds; null where it does.</param>
public sealed record VariableFile(VariableOwner Owner, string Name, string Path, string Shown, string? Passed)
{
    private readonly Lazy<VariableText> text = new(() => VariableText.Read(Path, Shown));

    /// <summary>Whether the file as a whole is encrypted.</summary>
    public bool IsEncrypted => Text.IsEncrypted;

    /// <summary>Its content, read once.</summary>
    public VariableText Text => text.Value;
}

/// <summary>What a file holds, as far as it can be read without Ansible.</summary>
/// <param name="Outline">Its YAML; null where it is none, or encrypted.</param>
/// <param name="Problem">What is wrong with it, with its place in front; null for nothing.</param>
public sealed record VariableText(YamlOutline? Outline, bool IsEncrypted, string? Problem)
{
    /// <summary>Reads a file.</summary>
    public static VariableText Read(string path, string shown)
    {
        var text = "";
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.AsSpan().StartsWith("$ANSIBLE_VAULT;"u8))
                return new VariableText(null, true, null);
            if (YamlText.NoUtf8(bytes) is { } bad)
                return new VariableText(null, false, $"{shown}:{bad.Line}:{bad.Column}: this is no UTF-8");
            // Ansible's YAML leaves a mark of the byte order out (yaml.reader); .NET's text has it.
            text = Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF');
            var outline = YamlOutline.Read(new StringReader(text), shown);
            return new VariableText(outline, false, outline.Shape is null or YamlShape.Mapping ? null
                : $"{shown}:1:1: this holds no variables, as name: value");
        }
        catch (YamlException exception)
        {
            // YAML's reader names the line before a tab.
            var (line, column) = YamlText.IndentedByTab(text) ?? (exception.Start.Line, exception.Start.Column);
            return new VariableText(null, false, $"{shown}:{line}:{column}: this is no YAML: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new VariableText(null, false, $"{shown}: {exception.Message}");
        }
    }
}
