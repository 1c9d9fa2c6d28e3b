using System.Collections;

namespace KubeLab.Commands;

/// <summary>The words behind <c>--</c> on the command line, which are another command's. The start script hands each of them over
/// in a variable, before any of them could be taken for an option or a target.</summary>
public static class GivenCommand
{
    private const string Variable = "KUBELAB_COMMAND";

    // More than fit into a command line of Linux with its 2 MiB (execve(2)).
    private const int MostWords = 1_000_000;

    /// <summary>Takes the words out of the environment, so that nothing that is started finds them there.</summary>
    /// <returns>The words; null where there was no <c>--</c>.</returns>
    /// <exception cref="UserError">They are not what a start script hands over.</exception>
    public static IReadOnlyList<string>? Take(IDictionary environment, Action<string> remove)
    {
        if (environment[Variable] is not string count)
            return null;
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > MostWords)
            throw new UserError(
                $"The variable {Variable} is '{count}': it is the start script's own.", $"Unset it: unset {Variable}");
        var names = Enumerable.Range(1, number).Select(each => $"{Variable}_{each}").ToList();
        // Windows knows no variable that is empty.
        var words = names.ConvertAll(name => environment[name] as string ?? "");
        names.ForEach(remove);
        remove(Variable);
        return words;
    }
}
