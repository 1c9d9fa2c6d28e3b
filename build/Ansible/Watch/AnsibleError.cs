namespace KubeLab.Ansible;

/// <summary>An error of Ansible's own, which comes with no event: a view has it from the output alone.</summary>
/// <remarks>From ansible-core 2.19 on a task's failure is said in that way too, be it ignored or rescued; of that the events tell.</remarks>
internal static class AnsibleError
{
    /// <summary>Whether a line tells of one: <c>ERROR! …</c> up to ansible-core 2.18, <c>[ERROR]: …</c> from 2.19 on.</summary>
    public static bool IsSaidIn(string line) =>
        line.StartsWith("ERROR!", StringComparison.Ordinal)
            || (line.StartsWith("[ERROR]", StringComparison.Ordinal) && !line.StartsWith("[ERROR]: Task failed", StringComparison.Ordinal));
}
