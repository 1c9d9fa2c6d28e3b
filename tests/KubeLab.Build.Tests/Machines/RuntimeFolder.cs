using System.Runtime.CompilerServices;

namespace KubeLab.Tests.Machines;

/// <summary>Where the shared connections of all tests have their sockets: gone when the tests are over.</summary>
internal static class RuntimeFolder
{
    // Short, as a socket's path may have 108 bytes (unix(7)).
    [ModuleInitializer]
    internal static void Make()
    {
        var folder = Directory.CreateTempSubdirectory("klt-").FullName;
        Environment.SetEnvironmentVariable("XDG_RUNTIME_DIR", folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
    }
}
