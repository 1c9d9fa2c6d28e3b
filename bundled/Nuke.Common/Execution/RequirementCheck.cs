using System.Linq.Expressions;
using System.Text.RegularExpressions;
using Nuke.Common.Parameters;

namespace Nuke.Common.Execution;

/// <summary>What has to be given and to hold before the first target starts.</summary>
internal sealed class RequirementCheck(NukeBuild build, IReadOnlyList<Parameter> parameters)
{
    /// <summary>Looks at what the targets require, and at the parameters that are always required.</summary>
    /// <exception cref="BuildException">Something is missing.</exception>
    public void Check(IEnumerable<ExecutableTarget> targets)
    {
        foreach (var target in targets)
        {
            foreach (var requirement in target.Definition.Requirements)
                Check(target, requirement);
        }

        foreach (var parameter in parameters.Where(parameter => parameter.IsRequired))
            Assert.True(IsGiven(parameter), $"{parameter.Option} is required. {HowToGive(parameter)}");
    }

    private void Check(ExecutableTarget target, LambdaExpression requirement)
    {
        if (requirement is Expression<Func<bool>> condition)
        {
            Assert.True(condition.Compile(preferInterpretation: true)(), $"{target.Name} requires {Readable(condition.Body)}.");
            return;
        }

        var member = (requirement.Body as MemberExpression ?? ((UnaryExpression)requirement.Body).Operand as MemberExpression)?.Member;
        var parameter = parameters.FirstOrDefault(candidate => candidate.Member.Name == member?.Name);
        Assert.NotNull(parameter, $"{target.Name} requires {member?.Name}, which is no parameter.");
        Assert.True(IsGiven(parameter), $"{target.Name} requires {parameter.Option}. {HowToGive(parameter)}");
    }

    private bool IsGiven(Parameter parameter) => parameter.Get(build) switch
    {
        null => false,
        string text => !string.IsNullOrWhiteSpace(text),
        _ => true,
    };

    private static string HowToGive(Parameter parameter) =>
        parameter.IsSecret
            ? $"Give it as the environment variable NUKE_{Names.Constant(parameter.Name)}."
            : $"Give it as {parameter.Option}, as the environment variable NUKE_{Names.Constant(parameter.Name)}, "
                + $"or as {parameter.Name} in .nuke/parameters.json.";

    // "(value(Build).Nodes > 0)" reads as "(Nodes > 0)".
    private static string Readable(Expression expression) => Regex.Replace(
        expression.ToString(), @"value\([^)]*\)\.", "", RegexOptions.None, TimeSpan.FromSeconds(1));
}
