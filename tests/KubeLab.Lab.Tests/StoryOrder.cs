using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace KubeLab.Lab.Tests;

/// <summary>Runs the chapters of a story in the order of their <see cref="ChapterAttribute"/>: each goes on where the one before it ended.</summary>
public sealed class StoryOrder : ITestMethodOrderer
{
    public IReadOnlyCollection<TTestMethod?> OrderTestMethods<TTestMethod>(IReadOnlyCollection<TTestMethod?> testMethods)
        where TTestMethod : notnull, ITestMethod =>
        [.. testMethods.OrderBy(method => ((IXunitTestMethod)method!).Method.GetCustomAttribute<ChapterAttribute>()!.Number)];
}

/// <summary>The place of a test in its story.</summary>
/// <param name="number">Its number.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChapterAttribute(int number) : Attribute
{
    public int Number { get; } = number;
}
