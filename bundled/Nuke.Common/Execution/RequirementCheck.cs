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
                Check(target.Name, requirement);
        }

        foreach (var parameter in parameters.Where(parameter => parameter.IsRequired))
            Check("Every run", parameter);
    }

    private void Check(string who, LambdaExpression requirement)
    {
        if (requirement is Expression<Func<bool>> condition)
        {
            if (!condition.Compile(preferInterpretation: true)())
                throw new BuildException($"{who} requires {Readable(condition.Body)}.");
            return;
        }

        var member = (requirement.Body as MemberExpression)?.Member;
        var parameter = parameters.FirstOrDefault(candidate => candidate.IsBehind(member))
            ?? throw new BuildException($"{who} requires {Readable(requirement.Body)}, which is no parameter.");
        Check(who, parameter);
    }

    private void Check(string who, Parameter parameter)
    {
        var value = parameter.ValueIn(build);
        if (value is null or string and "" || value is string text && string.IsNullOrWhiteSpace(text))
            throw new BuildException($"{who} requires {parameter.Dashed}. {HowToGive(parameter)}");
    }

    private static string HowToGive(Parameter parameter) => parameter.IsSecret
        ? $"Give it as the environment variable {parameter.Variable}."
        : $"Give it as {parameter.Dashed}, as the environment variable {parameter.Variable}, "
            + $"or as \"{parameter.Name}\" in .nuke/parameters.json.";

    // "(value(Build).Nodes > 0)" reads as "(Nodes > 0)".
    private static string Readable(Expression expression) => Regex.Replace(
        expression.ToString(), @"value\([^)]*\)\.", "", RegexOptions.None, TimeSpan.FromSeconds(1));
}
