using System.Text;

namespace KubeLab.Tests;

/// <summary>What is written to a file, as text.</summary>
public static class Written
{
    public static string Text(Action<Stream> write)
    {
        using var file = new MemoryStream();
        write(file);
        return Encoding.UTF8.GetString(file.ToArray());
    }
}
