using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace KubeLab.Tests.Fuzz;

/// <summary>
/// Feeds a parser what nobody would write: samples that are cut, doubled, mixed and filled with noise, by chance. The seed is
/// shown. With <c>KUBELAB_FUZZ_SECONDS</c> it goes on for so long with new seeds, with <c>KUBELAB_FUZZ_SEED</c> it begins with one
/// that was shown. What fails is kept beside the tests, in Fuzz/corpus, and tried first ever after.
/// </summary>
internal static class Fuzzing
{
    public const int Inputs = 10_000;
    private const int Longest = 100_000;
    private const int UsualSeed = 1;

    private static readonly string[] Noise =
    [
        "\0", "\u001b[31m", "\u202e", "\ufeff", "\r\n", "\n\n", "\t", "::error::", "{{ x }}", "!!python/object:os.system x", "&a [*a]", "*a", "---\n", "...\n", "<<: *x", "? ", "|\n ", "- - - -",
        "-1", "0", "99999999999999999999999", "1e999", "NaN", "0x", "9999-99-99T99:99:99Z", "null", "true", "[]", "{}", "[[[[[[[[", "{\"a\":{\"a\":", "\"", "'", "`", "\\", "%", "=", ":", ",", "#", "@", "[", "]", "\\ud800", "١٢",
    ];

    /// <summary>Feeds a parser.</summary>
    /// <param name="parser">Its name, a file's name too.</param>
    /// <param name="samples">What it reads well.</param>
    /// <param name="parse">Reads a text; what it may throw, it catches.</param>
    /// <returns>How many inputs it was given.</returns>
    public static int Feed(string parser, IReadOnlyList<string> samples, Action<string> parse)
    {
        var corpus = Path.Combine(Repository.Root, "tests", "KubeLab.Build.Tests", "Fuzz", "corpus", parser);
        foreach (var file in Directory.Exists(corpus) ? Directory.GetFiles(corpus) : [])
            Try(File.ReadAllText(file), () => $"{file} is read");
        var time = Environment.GetEnvironmentVariable("KUBELAB_FUZZ_SECONDS") is { Length: > 0 } seconds
            ? TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)) : TimeSpan.Zero;
        // What everybody's tests try is the same each time; who gives it time looks further.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("KUBELAB_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given : time == TimeSpan.Zero ? UsualSeed : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"{parser}: seed {seed}");
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        var fed = 0;
        while (fed < Inputs || watch.Elapsed < time)
        {
            var input = Spoilt(samples[random.Next(samples.Count)], samples, random);
            fed++;
            Try(input, () => $"KUBELAB_FUZZ_SEED={seed}, input {fed}, kept as {Kept(corpus, input)}");
        }

        return fed;

        void Try(string input, Func<string> what)
        {
            try
            {
                parse(input);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{parser} fails: {what()}\n{exception}", exception);
            }
        }
    }

    private static string Spoilt(string sample, IReadOnlyList<string> samples, Random random)
    {
        var text = sample;
        for (var times = random.Next(1, 5); times > 0 && text.Length > 0; times--)
        {
            var from = random.Next(text.Length);
            var to = Math.Min(text.Length, from + random.Next(1, 40));
            text = random.Next(9) switch
            {
                0 => text[..from],
                1 => text[..from] + text[to..],
                2 => text[..to] + text[from..],
                3 => text.Insert(from, Noise[random.Next(Noise.Length)]),
                4 => text[..from] + Noise[random.Next(Noise.Length)] + text[to..],
                5 => text[..from] + new string(Enumerable.Range(0, random.Next(1, 12)).Select(_ => (char)random.Next(0xd800)).ToArray()) + text[from..],
                6 => Shuffled(text, random),
                7 => text[..from] + samples[random.Next(samples.Count)][..],
                _ => text[..from] + string.Concat(Enumerable.Repeat(text[from..to], random.Next(2, 200))) + text[to..],
            };
        }

        // Whatever comes in was bytes once, of which half a character becomes a mark (U+FFFD).
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length > Longest ? text[..Longest] : text));
    }

    private static string Shuffled(string text, Random random)
    {
        var lines = text.Split('\n');
        (lines[random.Next(lines.Length)], lines[random.Next(lines.Length)]) = (lines[random.Next(lines.Length)], lines[random.Next(lines.Length)]);
        return string.Join('\n', lines);
    }

    private static string Kept(string corpus, string input)
    {
        Directory.CreateDirectory(corpus);
        var file = Path.Combine(corpus, $"{CacheKey.Of(input)}.txt");
        File.WriteAllText(file, input);
        return file;
    }
}
