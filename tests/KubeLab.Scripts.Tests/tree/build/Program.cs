using System.Reflection;

// Says what it was compiled from and how it was started.
var parts = Assembly.GetExecutingAssembly().GetTypes().Select(x => x.Name).Where(x => x.EndsWith("Part")).Order();
Console.WriteLine($"parts: {string.Join(' ', parts)}");
#if SOURCE_NUGET
Console.WriteLine("packages: nuget");
#elif SOURCE_BUNDLED
Console.WriteLine("packages: bundled");
#endif
Console.WriteLine($"arguments: {string.Join('|', args)}");
if (Environment.GetEnvironmentVariable("KUBELAB_COMMAND") is { } count)
    Console.WriteLine($"command: {string.Join('|', Enumerable.Range(1, int.Parse(count)).Select(i => Environment.GetEnvironmentVariable($"KUBELAB_COMMAND_{i}")))}");
Console.WriteLine($"directory: {Environment.CurrentDirectory}");
Console.WriteLine($"root: {Environment.GetEnvironmentVariable("NUKE_ROOT")}");

if (args is ["wait"]) Console.In.ReadToEnd();
return args is ["exit", var code] ? int.Parse(code) : 0;
