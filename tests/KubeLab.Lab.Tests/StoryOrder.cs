using Xunit.Abstractions;
using Xunit.Sdk;

namespace KubeLab.Lab.Tests;

/// <summary>Runs the chapters of a story in the order of their <see cref="ChapterAttribute"/>: each goes on where the one before it ended.</summary>
public sealed class StoryOrder : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase =>
        testCases.OrderBy(testCase => testCase.TestMethod.Method
            .GetCustomAttributes(typeof(ChapterAttribute).AssemblyQualifiedName!).Single().GetConstructorArguments().Cast<int>().Single());
}

/// <summary>The place of a test in its story.</summary>
/// <param name="number">Its number.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChapterAttribute(int number) : Attribute
{
    public int Number { get; } = number;
}
