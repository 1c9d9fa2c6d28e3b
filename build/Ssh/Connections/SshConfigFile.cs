namespace KubeLab.Ssh;

/// <summary>The nodes as an <c>ssh_config</c> for any ssh, scp, rsync or editor, by their names in the inventory.</summary>
public static class SshConfigFile
{
    // ssh(1): the flags that Ansible's users give, and the keyword each stands for.
    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["-J"] = "ProxyJump",
        ["-i"] = "IdentityFile",
        ["-p"] = "Port",
        ["-l"] = "User",
        ["-c"] = "Ciphers",
        ["-m"] = "MACs",
        ["-b"] = "BindAddress",
        ["-S"] = "ControlPath",
        ["-I"] = "PKCS11Provider",
    };

    private static readonly Dictionary<string, string> Switches = new()
    {
        ["-4"] = "AddressFamily=inet",
        ["-6"] = "AddressFamily=inet6",
        ["-C"] = "Compression=yes",
        ["-A"] = "ForwardAgent=yes",
        ["-a"] = "ForwardAgent=no",
        ["-q"] = "LogLevel=QUIET",
        ["-v"] = "LogLevel=VERBOSE",
        ["-x"] = "ForwardX11=no",
        ["-K"] = "GSSAPIAuthentication=yes",
        ["-k"] = "GSSAPIDelegateCredentials=no",
        ["-T"] = "RequestTTY=no",
    };

    // Whoever types a command can answer what ssh asks.
    private static readonly string[] ForProgramsAlone = ["BatchMode="];

    /// <summary>Writes the nodes' options, the same as Ansible's, with what the user's own configuration says beside.</summary>
    /// <param name="nodes">The nodes, each with how it is reached.</param>
    /// <exception cref="UserError">A node's name, or what the inventory gives ssh, has no form there.</exception>
    public static string Text(SshOptions options, IEnumerable<NodeConnection> nodes)
    {
        var text = new StringBuilder("# The nodes of a cluster, by ./build.sh Ssh --config, which writes this file anew.\n");
        foreach (var (node, connection) in nodes)
        {
            var words = Lines(node, options.For(node))
                .Where(line => !ForProgramsAlone.Any(each => line.StartsWith(each, StringComparison.Ordinal))).ToList();
            // What ~/.ssh/config says of the address is not read for the name that the node has here.
            List<string> found = [
                $"HostName={connection.Address}", $"Port={connection.Port}", $"User={connection.User}",
                .. connection.JumpHost is { } detour ? [detour] : Array.Empty<string>(),
                .. connection.KeyFiles.Where(File.Exists).Select(file => $"IdentityFile=\"{file}\""),
            ];
            text.Append(CultureInfo.InvariantCulture, $"\nHost {node.Name}\n");
            foreach (var line in words.Concat(found))
                text.Append(CultureInfo.InvariantCulture, $"    {line}\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Lines(Node node, IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (Switches.TryGetValue(word, out var line))
                yield return line;
            // What another file says of the node is among what ssh -G says.
            else if (word.StartsWith("-F", StringComparison.Ordinal) && Value(words, ref i) is not null)
                continue;
            else if (word.StartsWith("-o", StringComparison.Ordinal) && Value(words, ref i) is { } option)
                yield return option;
            else if (word.Length >= 2 && Keywords.TryGetValue(word[..2], out var keyword) && Value(words, ref i) is { } value)
                yield return $"{keyword}={value}";
            else
                throw new UserError(
                    $"{node.Name}: {ShellWords.Quote(word)}, which the inventory gives ssh, has no form in an ssh_config.",
                    "Write it as -o Keyword=value in ansible_ssh_common_args, or leave it out.");
        }
    }

    // getopt(3): a flag's value stands in the same word, or in the next.
    private static string? Value(IReadOnlyList<string> words, ref int i)
    {
        if (words[i].Length > 2)
            return words[i][2..];
        return i + 1 < words.Count ? words[++i] : null;
    }
}
