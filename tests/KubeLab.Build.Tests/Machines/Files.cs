namespace KubeLab.Tests.Machines;

/// <summary>Files that something else writes.</summary>
internal static class Files
{
    /// <summary>Waits until a file is there and holds something.</summary>
    public static async Task AppearsAsync(string path, TimeSpan limit)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
                throw new TimeoutException($"{path} did not appear within {limit.TotalSeconds:0} s");
            await Task.Delay(50);
        }
    }
}
