namespace KubeLab.Preflight;

/// <summary>The levels of x86-64 (System V psABI, AMD64 supplement, "Low-level system information"), by the flags of
/// /proc/cpuinfo.</summary>
internal static class X86Level
{
    // The kernel's names: pni is SSE3, cx16 CMPXCHG16B, abm has LZCNT, xsave stands for OSXSAVE.
    private static readonly string[][] Levels =
    [
        ["cmov", "cx8", "fpu", "fxsr", "mmx", "sse", "sse2"],
        ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"],
        ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"],
        ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"],
    ];

    /// <summary>The highest level all of whose flags are there, and those of the lower ones; null where it isn't even the
    /// first.</summary>
    public static int? Of(IReadOnlyList<string> flags) =>
        Levels.TakeWhile(level => level.All(flags.Contains)).Count() is > 0 and var level ? level : null;
}
