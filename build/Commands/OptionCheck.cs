using System.Collections;

namespace KubeLab.Commands;

/// <summary>What an option takes.</summary>
public enum OptionKind
{
    /// <summary>One text.</summary>
    Text,

    /// <summary>One whole number.</summary>
    Number,

    /// <summary>Nothing, or <c>true</c> or <c>false</c>.</summary>
    Switch,

    /// <summary>Several texts, with blanks or with the separator between them.</summary>
    List,

    /// <summary>Names of targets.</summary>
    Targets,
}

/// <summary>An option of the command line; <c>PrivateKey</c> is <c>--private-key</c> there.</summary>
/// <param name="Name">Its name in the environment and in <c>.nuke/parameters.json</c>.</param>
public sealed record CommandOption(string Name, OptionKind Kind, string Description)
{
    /// <summary>Where one text becomes several.</summary>
    public char? Separator { get; init; }

    /// <summary>The only values that there are; none for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether it may have lines, as JSON does; all others go into arguments and names.</summary>
    public bool MayHaveLines { get; init; }

    /// <summary>Whether it says something without a value.</summary>
    public bool StandsAlone { get; init; } = Kind == OptionKind.Switch;

    /// <summary>Its name on the command line.</summary>
    public string Dashed { get; } =
        "-" + string.Concat(Name.Select(letter => char.IsUpper(letter) ? $"-{char.ToLowerInvariant(letter)}" : $"{letter}"));
}

/// <summary>Refuses a command line, a variable or a parameters file that doesn't say what its author means, before anything is
/// done. NUKE itself passes over an option that it doesn't know, and goes on with the default where a value is missing or wrong:
/// a slip in <c>--inventory</c> would deploy another cluster than the one that is meant.</summary>
public sealed class OptionCheck(IReadOnlyList<CommandOption> options, IReadOnlyList<string> targets)
{
    private const string Help = "Nothing was done. ./build.sh --help lists the targets and options.";
    private const string FileHelp = "Nothing was done. .nuke/build.schema.json says what such a file may hold.";
    private const string TargetsFirst = "Targets stand before the options";
    private const string Target = "Target";
    private const int MostHints = 3;

    /// <summary>Looks at the command line: first targets, then options, each followed by its values.</summary>
    /// <exception cref="UserError">It says something that nobody would follow.</exception>
    public void VerifyArguments(IReadOnlyList<string> arguments)
    {
        var positional = arguments.TakeWhile(argument => !IsOption(argument)).ToList();
        VerifyTargets(positional);
        for (var i = positional.Count; i < arguments.Count;)
        {
            var values = arguments.Skip(i + 1).TakeWhile(argument => !IsOption(argument)).ToList();
            var option = Find(arguments[i]) ?? throw Unknown(arguments[i]);
            if (option.Name == Target && positional.Count > 0)
                throw Refused($"Targets are named both before the options and with {option.Dashed}: only the latter would run.");
            VerifyGiven(option, values);
            i += 1 + values.Count;
        }
    }

    /// <summary>Looks at the variables that give an option its value, such as <c>NUKE_DEEP</c> or <c>DEEP</c>.</summary>
    /// <exception cref="UserError">The value of one is none.</exception>
    public void VerifyEnvironment(IDictionary environment)
    {
        var byName = options.ToDictionary(option => Fold(option.Name));
        foreach (DictionaryEntry variable in environment)
        {
            var name = Fold((string)variable.Key);
            var option = byName.GetValueOrDefault(name)
                ?? (name.StartsWith("NUKE", StringComparison.Ordinal) ? byName.GetValueOrDefault(name[4..]) : null);
            if (option is not null && variable.Value is string text && Fault(option, text) is { } fault)
                throw Refused($"The variable {variable.Key} {fault}.", $"It is read as {option.Dashed}.");
            // A text may be anything else, and variables such as HOST are often about something else.
            if (option is { Kind: OptionKind.Number or OptionKind.Switch } && variable.Value is string value
                && !string.IsNullOrWhiteSpace(value) && Expected(option, value) is { } expected)
            {
                throw Refused(
                    $"The variable {variable.Key} is '{value}', but has to be {expected}.", $"It is read as {option.Dashed}.");
            }
        }
    }

    /// <summary>Looks at all parameters files, those of profiles too.</summary>
    /// <exception cref="UserError">One says something that is not followed; or a profile has none.</exception>
    public void VerifyFiles(string directory, IReadOnlyList<string> profiles)
    {
        var missing = profiles.FirstOrDefault(profile => !File.Exists(Path.Combine(directory, $"parameters.{profile}.json")));
        if (missing is not null)
            throw RefusedFile(
                $"There is no profile {missing}: {Path.Combine(directory, $"parameters.{missing}.json")} is not there.");
        foreach (var file in Directory.EnumerateFiles(directory, "parameters*.json"))
            VerifyFile(file);
    }

    /// <summary>Looks at a parameters file, where there is one.</summary>
    /// <exception cref="UserError">It is no JSON object, or has a parameter that there isn't or a value that is none.</exception>
    public void VerifyFile(string path)
    {
        if (!File.Exists(path))
            return;
        try
        {
            var asNuke = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), asNuke);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw RefusedFile($"{path} has to hold a JSON object: {{ \"Inventory\": \"prod\" }}.");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name != "$schema")
                    VerifyProperty(path, property);
            }
        }
        catch (JsonException exception)
        {
            throw new UserError($"{path} is no JSON: {exception.Message}", FileHelp, exception);
        }
    }

    private static bool IsOption(string argument) => argument.StartsWith('-');

    private static string Fold(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    // NUKE strips dashes and ignores case, and nothing else.
    private static string WithoutDashes(string name) => name.Replace("-", "");

    private static UserError Refused(string problem, string? remedy = null) =>
        new(problem, remedy is null ? Help : $"{remedy}\n{Help}");

    // Help is refused too as long as the file is wrong.
    private static UserError RefusedFile(string problem) => new(problem, FileHelp);

    /// <summary>Whether an option or a target is the one of this name.</summary>
    public static bool IsSame(string given, string name) =>
        string.Equals(name, WithoutDashes(given), StringComparison.OrdinalIgnoreCase);

    private CommandOption? Find(string given) => options.FirstOrDefault(option => IsSame(given, option.Name));

    private bool IsTarget(string name) => targets.Contains(WithoutDashes(name), StringComparer.OrdinalIgnoreCase);

    private void VerifyTargets(IEnumerable<string> names)
    {
        foreach (var name in names.SelectMany(name => name.Split('+')).Where(name => !IsTarget(name)))
        {
            var parts = name.Split('=', 2);
            if (parts.Length > 1 && Find(parts[0]) is { } option)
                throw Refused($"There is no target {name}.", $"Write: {option.Dashed} {parts[1]}");
            throw Refused($"There is no target {name}.{NearestName.Hint(name, targets)}");
        }
    }

    private UserError Unknown(string given)
    {
        if (given == "--")
            return Refused("-- is no option.", "The start script takes it: ./build.sh Ssh --node <name> -- <command>");
        var parts = given.Split('=', 2);
        if (parts.Length < 2 || Find(parts[0]) is not { } option)
            return Refused($"{given} is no option.{Hint(parts[0])}");
        var isOn = option.Kind == OptionKind.Switch && !string.Equals(parts[1], "false", StringComparison.OrdinalIgnoreCase);
        return Refused(
            $"{given} is no option: a value stands after a blank.",
            $"Write: {option.Dashed}{(isOn ? "" : $" {ShellWords.Quote(parts[1])}")}");
    }

    // An abbreviation first: -i is --inventory.
    private string Hint(string given)
    {
        var names = options.Select(known => known.Dashed).ToList();
        var begun = Fold(given) is { Length: > 0 } letters
            ? names.Where(name => Fold(name).StartsWith(letters, StringComparison.Ordinal)).ToList() : [];
        return begun.Count is > 0 and <= MostHints ? $" Did you mean {string.Join(" or ", begun)}?"
            : NearestName.Hint(given, names);
    }

    private void VerifyGiven(CommandOption option, IReadOnlyList<string> values)
    {
        if (values.Count == 0 && !option.StandsAlone)
            throw Refused($"{option.Dashed} needs a value.", $"{option.Description}.");
        if (values.Any(string.IsNullOrWhiteSpace))
            throw Refused($"{option.Dashed} has an empty value.", $"{option.Description}.");
        if (values.Select(value => Fault(option, value)).FirstOrDefault(each => each is not null) is { } fault)
            throw Refused($"{option.Dashed} {fault}.");
        if (option.Kind == OptionKind.Targets)
        {
            VerifyTargets(values);
            return;
        }

        if (values.FirstOrDefault(targets.Contains) is { } target && (values.Count > 1 || option.Kind == OptionKind.Switch))
        {
            throw Refused(
                $"{target} would be a value of {option.Dashed}. {TargetsFirst}.",
                $"Write: ./build.sh {target} {option.Dashed} …");
        }


        if (option.Kind == OptionKind.List)
        {
            var separator = option.Separator;
            if (values.Count > 1 && values.FirstOrDefault(value => separator is { } split && value.Contains(split)) is { } joined)
                throw Refused($"{option.Dashed} has both blanks and '{separator}' between its values, as in '{joined}'.");
            return;
        }

        if (values.Count > 1)
        {
            throw Refused(
                $"{option.Dashed} takes one value, but has {values.Count}: {string.Join(' ', values.Select(ShellWords.Quote))}.",
                $"{TargetsFirst}; a value with blanks is quoted.");
        }

        if (values.Count == 1 && Expected(option, values[0]) is { } expected)
            throw Refused($"{option.Dashed} is '{values[0]}', but has to be {expected}.");
    }

    private void VerifyProperty(string path, JsonProperty property)
    {
        var option = options.FirstOrDefault(known => known.Name == property.Name)
            ?? throw RefusedFile(
                $"{property.Name} in {path} is no parameter."
                + NearestName.Hint(property.Name, options.Select(known => known.Name)));
        var value = property.Value;
        var texts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [value];
        if (texts.Where(each => each.ValueKind == JsonValueKind.String).Select(each => Fault(option, each.GetString()!))
            .FirstOrDefault(each => each is not null) is { } fault)
            throw RefusedFile($"{property.Name} in {path} {fault}.");
        var expected = (option.Kind, value.ValueKind) switch
        {
            (_, JsonValueKind.Null) => null,
            (OptionKind.List or OptionKind.Targets, JsonValueKind.Array) => null,
            (OptionKind.List or OptionKind.Targets, _) => "a list, as [\"one\", \"two\"]",
            (_, JsonValueKind.Array or JsonValueKind.Object) => Expected(option, "") ?? "one text",
            _ => Expected(option, value.ToString()),
        };
        if (expected is not null)
            throw RefusedFile($"{property.Name} in {path} is {value.GetRawText()}, but has to be {expected}.");
    }

    // What no value may have, wherever it goes: null where it has none of it.
    private static string? Fault(CommandOption option, string value) =>
        option.Kind is not (OptionKind.Text or OptionKind.List) || option.MayHaveLines ? null
        : value.Any(char.IsControl) ? "has a line break or another control character in it"
        : value.Split(option.Separator ?? '\0').Any(each => each.TrimStart().StartsWith('-'))
            ? $"is '{value}', which begins with a dash and would be an option elsewhere" : null;

    // What a value has to be, or null where it is that.
    private static string? Expected(CommandOption option, string value)
    {
        var (isGood, expected) = option switch
        {
            { Kind: OptionKind.Switch } => (bool.TryParse(value, out _), "true or false"),
            { Kind: OptionKind.Number } => (int.TryParse(value, out _), "a whole number"),
            { Choices.Count: > 0 } =>
                (option.Choices.Contains(value, StringComparer.OrdinalIgnoreCase), $"one of {string.Join(", ", option.Choices)}"),
            _ => (true, ""),
        };
        return isGood ? null : expected;
    }
}
