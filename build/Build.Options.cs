using System.Reflection;
using KubeLab.Records;
using KubeLab.Runs;
using Nuke.Common;
using Nuke.Common.Execution;

// What is asked for on the command line: judged before anything is done, and shown in the order in which people work.
// The priorities: before NUKE reads the parameters files (150); and once the options have their values (100), before its own
// answers to --plan (10) and --help (5).
[ParametersFiles(Priority = 151)]
[HelpAndPlan(Priority = 99)]
sealed partial class Build
{
    // The options that NUKE gives every build.
    static readonly CommandOption[] OptionsOfNuke = [
        new("Help", OptionKind.Switch, "Shows this, and runs nothing"),
        new("Plan", OptionKind.Switch, "Shows what would run, in order, and runs nothing"),
        new("Target", OptionKind.Targets, "Targets to run, as A+B, where none stands before the options. Default: Deploy"),
        new("Skip", OptionKind.Targets, "Targets to leave out, as A+B. Alone: all that were not named") { StandsAlone = true },
        new("Continue", OptionKind.Switch, "Leaves out what succeeded in the last run, if that was one of the same targets"),
        new("Verbosity", OptionKind.Text, "How much of the log is shown: Verbose, Normal, Minimal or Quiet. Default: Normal")
        { Choices = ["Verbose", "Normal", "Minimal", "Quiet"] },
        new("NoLogo", OptionKind.Switch, "Leaves out the lines that name the build engine"),
        new("Host", OptionKind.Text, "Where the build runs: GitHubActions or Terminal. Default: what the environment says")
        { Choices = ["GitHubActions", "Terminal"] },
        new("Profile", OptionKind.List, "Profiles whose .nuke/parameters.NAME.json are read, the strongest last"),
        new("Root", OptionKind.Text, "The folder that holds .nuke. Default: that of build.sh") { StandsAlone = true },
    ];

    // Records and no tuples: of those, all that goes through them would be compiled anew at each start.
    sealed record Group(string Title, string[] Names);

    static Group[] TargetsInOrder => [
        new("The first deployment", [
            nameof(Versions), nameof(NewCluster), nameof(LockToolchain), nameof(PrepareNodes), nameof(PinHosts), nameof(Preview),
            nameof(Deploy),
        ]),
        new("What Deploy does, step by step; each also runs alone", [.. DeploySteps.Select(step => step.Target)]),
        AfterIt,
        new("Without the Internet", [nameof(BundleArtifacts), nameof(ServeBundle)]),
        new("Looking", [nameof(Status), nameof(Certificates), nameof(Ssh), nameof(Runs), nameof(Report), nameof(LabStatus)]),
        new("KubeLab's own", [nameof(Test), nameof(TestLab), nameof(TestKubespray), nameof(Lint), nameof(Bench)]),
    ];

    static Group[] ParametersInOrder => [
        new("The cluster and its distribution",
        [
            nameof(Inventory), nameof(Distribution), nameof(Machines), nameof(KubesprayVersion), nameof(KubesprayPath),
            nameof(KubesprayUrl), nameof(ExtraVars), nameof(VaultPasswordFile),
        ]),
        new("The way to the nodes",
        [
            nameof(PrivateKey), nameof(SshUser), nameof(SshClient), nameof(BecomeUser), nameof(BecomePasswordFile),
            nameof(FirstUser), nameof(FirstPasswordFile), nameof(NewPasswordFile), nameof(Fingerprints), nameof(CreateUser),
            nameof(DryRun), nameof(Show), nameof(Print), nameof(Config),
        ]),
        new("Ansible on this machine", [
            nameof(AnsibleVersion), nameof(AnsibleEnvironment), nameof(AnsibleWheels), nameof(AnsibleIndex),
        ]),
        new("Going on, or only a part of it",
            [nameof(Resume), nameof(RetryFailed), nameof(Limit), nameof(Tags), nameof(SkipTags), nameof(StartAtTask)]),
        new("The preflight and the smoke test",
        [
            nameof(Checks), nameof(SkipChecks), nameof(StrictChecks), nameof(Deep), nameof(Tier), nameof(Wait), nameof(Count),
            nameof(SmokeImage), nameof(Kubeconfig),
        ]),
        new("A new cluster", [nameof(Name), nameof(NewNodes), nameof(ControlPlanes), nameof(ReplacePins)]),
        OptionsAfterIt,
        OptionsOfBackups,
        OptionsOfBundles,
        new("The records of runs", [nameof(Run), nameof(Compare), nameof(All)]),
        new("KubeLab's own", [nameof(RemoveImage), nameof(TestFilter)]),
    ];

    // By the names of their fields.
    static readonly Dictionary<string, CommandOption> Parameters = typeof(Build).GetFields(Everything)
        .Where(field => field.IsDefined(typeof(ParameterAttribute))).ToDictionary(field => field.Name, OptionOf);

    const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    static readonly OptionCheck OptionCheck = new(
        [.. Parameters.Values, .. OptionsOfNuke],
        [.. typeof(Build).GetProperties(Everything).Where(it => it.PropertyType == typeof(Target)).Select(it => it.Name)]);

    // Before NUKE reads any of it: of a value that it can't read it warns, and goes on.
    static bool IsRefused(Action verify)
    {
        try
        {
            verify();
            return false;
        }
        catch (UserError unmasked)
        {
            var mask = new SecretMask();
            mask.Add(SecretSources.OfEnvironment(Environment.GetEnvironmentVariables()));
            mask.Add(Environment.GetCommandLineArgs().SelectMany(SecretSources.OfExtraVariables));
            var error = mask.Mask(unmasked);
            System.Console.WriteLine(PlainText.Of(error.Message));
            var problem = PlainText.Of(error.Problem).Replace("%", "%25").ReplaceLineEndings("%0A");
            if (Environment.GetEnvironmentVariable("GITHUB_ACTIONS") is not null)
                System.Console.WriteLine($"::error::{problem}");
            return true;
        }
    }

    static void VerifyCommandLine()
    {
        OptionCheck.VerifyArguments(Environment.GetCommandLineArgs()[1..]);
        OptionCheck.VerifyEnvironment(Environment.GetEnvironmentVariables());
        VerifyGivenCommand();
    }

    static void VerifyParametersFiles() => OptionCheck.VerifyFiles(RootDirectory / ".nuke", LoadedLocalProfiles);

    static CommandOption OptionOf(FieldInfo field)
    {
        var parameter = field.GetCustomAttribute<ParameterAttribute>()!;
        var kind = field.FieldType switch
        {
            _ when field.FieldType == typeof(bool) => OptionKind.Switch,
            _ when field.FieldType == typeof(int) => OptionKind.Number,
            _ when field.FieldType == typeof(string[]) => OptionKind.List,
            _ => OptionKind.Text,
        };
        return new CommandOption(parameter.Name ?? field.Name, kind, parameter.Description ?? "")
        {
            Separator = parameter.Separator?[0],
            Choices = field.Name == nameof(Show) ? [Connections] : [],
            MayHaveLines = field.Name == nameof(ExtraVars),
        };
    }

    // NUKE's own help is in the order of the alphabet.
    static HelpText HelpOf(IReadOnlyCollection<ExecutableTarget> targets)
    {
        var listed = targets.Where(target => target.Listed).ToDictionary(
            target => target.Name,
            target => new HelpEntry(target.IsDefault ? $"{target.Name} (default)" : target.Name, target.Description ?? ""),
            StringComparer.Ordinal);
        return HelpText.ForConsole()
            .Line("KubeLab: from a handful of machines to a verified Kubernetes cluster.")
            .Line()
            .Line("  ./build.sh [targets] [options]      the targets first; without any: Deploy")
            .Line()
            .Sections(
                "Targets",
                [.. TargetsInOrder.Select(group => new HelpSection(group.Title, [.. group.Names.Select(name => listed[name])]))])
            .Sections(
                "Parameters",
                [
                    .. ParametersInOrder.Select(group => SectionOf(group.Title, group.Names.Select(name => Parameters[name]))),
                    SectionOf("Every run", OptionsOfNuke),
                ]);
    }

    static HelpSection SectionOf(string title, IEnumerable<CommandOption> options) =>
        new(title, [.. options.Select(option => new HelpEntry(option.Dashed, option.Description))]);

    static string ReasonFor(ExecutableTarget target, IReadOnlyCollection<ExecutableTarget> plan)
    {
        if (target.Invoked)
            return "asked for";
        if (Names(other => other.ExecutionDependencies) is { Length: > 0 } dependents)
            return $"needed by {dependents}";
        return Names(other => other.Triggers) is { Length: > 0 } triggering ? $"follows {triggering}" : "the default";

        // Deploy needs all of its steps, which says nothing where another one needs this one too.
        string Names(Func<ExecutableTarget, IEnumerable<ExecutableTarget>> pulledIn)
        {
            var names = plan.Where(other => pulledIn(other).Contains(target)).Select(other => other.Name).ToList();
            return string.Join(", ", names.Count > 1 ? names.Where(name => name != nameof(Deploy)) : names);
        }
    }

    // NUKE ends the process after its own answers in the same way.
    static void Answer(HelpText answer)
    {
        System.Console.Write(answer);
        Environment.Exit(0);
    }

    sealed class ParametersFilesAttribute : BuildExtensionAttributeBase, IOnBuildCreated
    {
        public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets)
        {
            if (IsRefused(VerifyParametersFiles))
                Environment.Exit(-1);
        }
    }

    sealed class HelpAndPlanAttribute : BuildExtensionAttributeBase, IOnBuildCreated, IOnBuildInitialized
    {
        public void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets)
        {
            if (Build.Help)
                Answer(HelpOf(executableTargets));
        }

        // NUKE's own plan is a page that it opens in a browser.
        public void OnBuildInitialized(
            IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan)
        {
            if (Build.Plan)
                Answer(HelpText.ForConsole().Plan(
                    [.. executionPlan.Select(target => new HelpEntry(target.Name, ReasonFor(target, executionPlan)))]));
        }
    }
}
