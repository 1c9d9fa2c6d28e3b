using KubeLab.Ansible;
using KubeLab.Distributions;
using KubeLab.Kubernetes;
using KubeLab.Variables;
using Version = System.Version;

namespace KubeLab.Lifecycle;

/// <summary>Makes a plan of a way: what of this inventory and of this cluster each release no longer takes as the one before it
/// did.</summary>
/// <param name="deployment">The cluster as its inventory has it, templates among <see cref="Variables"/> resolved.</param>
/// <param name="command">The command that goes a step, by its release and its Kubernetes.</param>
public sealed class UpgradePlanner(Deployment deployment, LivingCluster living, Func<UpgradeLeg, string> command)
{
    private const string KubeVersion = "kube_version";
    private const string Etcd = "etcd_version";

    private readonly List<GivenVariable> given = [.. GivenVariable.All(deployment)];

    /// <summary>The variables that are judged by their values, of those that releases have lists of.</summary>
    public static IReadOnlyCollection<string> Variables(IEnumerable<Distribution> releases) =>
        [.. releases.SelectMany(release => release.VariableDemands.Allowed.Keys).Append(Etcd).Append(KubeVersion).Distinct()];

    /// <summary>Makes the plan.</summary>
    /// <param name="from">The release that is deployed, with its tree.</param>
    public UpgradePlan Make((string Tag, Distribution Tree) from, string to, Version running, IReadOnlyList<UpgradeLeg> way)
    {
        var steps = new List<UpgradeStep>();
        var (before, tagBefore) = (from.Tree, from.Tag);
        foreach (var leg in way)
        {
            var offered = leg.Release.KubernetesVersions;
            steps.Add(new UpgradeStep(
                steps.Count + 1, leg.Tag, offered.Write(leg.To), leg.Etcd?.ToString(), Ansible(leg.Release), Python(leg.Release),
                command(leg),
                $"Keep it: write {leg.Tag} where the cluster is pinned to its release, and {KubeVersion}: {offered.Write(leg.To)} if {KubeVersion} is set.",
                [.. OfRelease(before, leg), .. ReleaseNotes.Of(tagBefore, leg.Tag, [.. given.Select(each => each.Variable)]),
                    .. OfKubernetes(leg), .. OfEtcd(leg)]));
            (before, tagBefore) = (leg.Release, leg.Tag);
        }

        var time = Expected(from.Tree);
        return new UpgradePlan
        {
            Cluster = deployment.Cluster.Name,
            From = $"{from.Tag}, Kubernetes {running}",
            To = way is [.., var last] ? $"{last.Tag}, Kubernetes {last.To}" : $"{to}, Kubernetes {running}",
            Steps = steps,
            Findings = [.. OfCluster(), .. OfTime(time)],
            Duration = time is null || steps.Count == 0 ? null : time.Value.Total * steps.Count,
        };
    }

    // Only what changes from one release to the next: what is wrong already is the preflight's to say.
    private IEnumerable<Finding> OfRelease(Distribution before, UpgradeLeg leg) => ReferenceEquals(before, leg.Release) ? []
        : GoneVariables(before, leg).Concat(RefusedValues(before, leg)).Concat(LackingVersions(before, leg))
            .Concat(LeadingLetters(before, leg)).Concat(LeftWorkloads(before, leg)).Concat(Systems(before, leg));

    private IEnumerable<Finding> GoneVariables(Distribution before, UpgradeLeg leg)
    {
        var known = leg.Release.KnownVariables;
        foreach (var variable in GivenVariable.Unread(given, known).Where(each => before.KnownVariables.Names.Contains(each.Key)))
        {
            var places = string.Join(", ", variable.Select(each => each.Source).Distinct());
            var nearest = GivenVariable.InPlaceOf(variable.Key, known);
            var isFeature = variable.Any(each => each.Value.ToLowerInvariant() is "true" or "yes" or "on")
                && (variable.Key.EndsWith("_enabled", StringComparison.Ordinal)
                    || variable.Key.StartsWith("deploy_", StringComparison.Ordinal));
            yield return isFeature
                ? Found("features", "What the cluster uses and a release no longer has", FindingStatus.Warning,
                    $"{places}: {variable.Key} is on, and {leg.Tag} no longer has it: what it has made stays as it is, and nobody looks after it.",
                    nearest is null ? $"Replace it before, or install it by other means; then take {variable.Key} out."
                        : $"See whether {nearest} does the same; then take {variable.Key} out.", variable.First().Source)
                : Found("variables", "Variables that a release no longer reads", FindingStatus.Warning,
                    $"{places}: nothing in {leg.Tag} reads {variable.Key} any more.{(nearest is null ? "" : $" Did it become {nearest}?")}",
                    nearest is null ? $"Find out what took its place in the notes of {leg.Tag}, then take it out."
                        : $"Write {nearest} in its place.", variable.First().Source);
        }
    }

    private IEnumerable<Finding> RefusedValues(Distribution before, UpgradeLeg leg) =>
        from allowed in leg.Release.VariableDemands.Allowed.Values
        let variable = deployment.Variables.OfCluster(allowed.Variable)
        where variable is { IsDefault: false, Unresolved: null } && !allowed.Values.Contains(variable.Text)
            && before.VariableDemands.Allowed.GetValueOrDefault(allowed.Variable)?.Values.Contains(variable.Text) is not false
        select Found("features", "What the cluster uses and a release no longer has", FindingStatus.Warning,
            $"{variable.Source}: {variable.Name} is {variable.Text}, and {leg.Tag} only takes {string.Join(", ", allowed.Values)} ({allowed.Source}).",
            $"Move the cluster to another one before, with the release before: this one stops at it.", variable.Source);

    private IEnumerable<Finding> LackingVersions(Distribution before, UpgradeLeg leg)
    {
        bool IsSet(string name) => given.Any(each => each.Variable.Name == name);
        foreach (var variable in given.Select(each => each.Variable)
            .Where(each => each is { IsTemplate: false, IsCompound: false } && each.Name != KubeVersion))
        {
            bool Lacks(Distribution release) => release.ChecksumTables.Of(variable.Name, IsSet)
                .Any(rows => rows.All(row => row.Version.TrimStart('v') != variable.Value.TrimStart('v')));
            if (Lacks(leg.Release) && !Lacks(before))
                yield return Found("versions", "Versions that a release no longer has", FindingStatus.Warning,
                    $"{variable.Source}: {leg.Tag} has no checksum of {variable.Name} {variable.Value}.",
                    $"Take {variable.Name} out, so that the release brings its own, or write one that it has.", variable.Source);
        }
    }

    // From v2.28 on the tables are without the v, and the playbook looks versions up by the letter (kubespray#11890).
    private IEnumerable<Finding> LeadingLetters(Distribution before, UpgradeLeg leg)
    {
        bool IsSet(string name) => given.Any(each => each.Variable.Name == name);
        foreach (var variable in given.Select(each => each.Variable).Where(
            each => each is { IsTemplate: false, IsCompound: false, Value: ['v', ..] } && each.Name != KubeVersion))
        {
            bool Has(Distribution release, string value) => release.ChecksumTables.Of(variable.Name, IsSet)
                .Any(rows => rows.Any(row => row.Version == value));
            if (Has(before, variable.Value) && !Has(leg.Release, variable.Value) && Has(leg.Release, variable.Value[1..]))
                yield return Found("versions", "Versions that a release no longer has", FindingStatus.Warning,
                    $"{variable.Source}: {leg.Tag} writes {variable.Name} without the v.",
                    $"Write {variable.Value[1..]} when the cluster goes to {leg.Tag}.", variable.Source);
        }
    }

    private IEnumerable<Finding> LeftWorkloads(Distribution before, UpgradeLeg leg) => living.Workloads
        .Where(each => before.ObjectNames.Contains(each.Name) && !leg.Release.ObjectNames.Contains(each.Name))
        .Select(each => Found("features", "What the cluster uses and a release no longer has", FindingStatus.Warning,
            $"The cluster runs {each}, which {leg.Tag} no longer makes: it stays as it is, and nobody looks after it.",
            "Replace it before, or take it over yourself.") with
        { Subject = $"{each}" });

    private IEnumerable<Finding> Systems(Distribution before, UpgradeLeg leg) =>
        from node in living.Systems
        group node.Key by node.Value into nodes
        let now = leg.Release.SupportedSystems.Says(nodes.Key)
        where now is { IsListed: false } && before.SupportedSystems.Says(nodes.Key) is not { IsListed: false }
        select Found("systems", "Operating systems that a release no longer lists", FindingStatus.Warning,
            $"{string.Join(", ", nodes)}: {nodes.Key} is none of those that {leg.Tag} lists: {now.Value.Listed} ({now.Value.Source}).",
            "Replace the nodes by ones with a listed system before, or be on your own.");

    private IEnumerable<Finding> OfKubernetes(UpgradeLeg leg) =>
        from server in living.Requests
        from api in server.Apis
        where api.Removed is { } removed && Minor(removed) > Minor(leg.From) && Minor(removed) <= Minor(leg.To)
        group (server, api) by (api.Version, api.Resource, api.Removed) into asked
        select Found("deprecated-apis", "Deprecated APIs that are asked for", FindingStatus.Warning,
            $"{asked.Key.Resource} of {asked.Key.Version} are asked for ({Counting(asked.Select(each => each.server))}), and Kubernetes {asked.Key.Removed} no longer has them.",
            "Find out by whom: requests in the audit log with the annotation k8s.io/deprecated. Then move the objects' manifests and the clients to the version that follows.");

    private IEnumerable<Finding> OfEtcd(UpgradeLeg leg)
    {
        var brings = EtcdUpgrade.Brings(deployment.Variables, leg.To, leg.Release.EtcdVersions);
        if (!EtcdUpgrade.IsStrict(brings, leg.Release) || leg.EtcdBefore >= leg.Release.EtcdVersions.LeastBefore)
            return [];
        var least = leg.Release.EtcdVersions.LeastBefore;
        return [leg.EtcdBefore is { } runs
            ? Found("etcd", "etcd is new enough", FindingStatus.Failed,
                $"etcd would be {runs} by then, and before {brings} it has to be {least} or newer ({leg.Release.EtcdVersions.Source}).",
                $"Bring etcd to {least} with the release before this one: {Etcd} in its group_vars, then InstallCluster.")
            : Found("etcd", "etcd is new enough", FindingStatus.Warning,
                $"which etcd will run by then isn't known, and before {brings} it has to be {least} or newer ({leg.Release.EtcdVersions.Source}).",
                "Upgrade looks at it, and refuses the step otherwise; ask it now: ./build.sh Ssh --node <member> -- sudo etcdctl version")];
    }

    private IEnumerable<Finding> OfCluster()
    {
        foreach (var (what, why, remedy) in living.Unknown)
            yield return Found("known", "What the cluster says", FindingStatus.Skipped, $"{what}: {why}.", remedy);
        if (living.Running is { } running && running.Values.Distinct().Count() > 1)
            yield return Found("running", "One Kubernetes on all nodes", FindingStatus.Warning,
                $"The nodes run {string.Join(", ", running.Values.Distinct().Order())}: an upgrade has stopped half-way.",
                "Finish it first: ./build.sh Upgrade with the release that it was begun with.");
        if (living.Requests.Count > 0)
            yield return Found("deprecated-apis", "Deprecated APIs that are asked for", FindingStatus.Passed,
                $"{living.Requests.SelectMany(server => server.Apis).Distinct().Count()} deprecated APIs are asked for ({Counting(living.Requests)})", null);
        if (deployment.Variables.OfCluster(KubeVersion) is { IsDefault: false } pinned)
            yield return Found("kube-version", "kube_version is left to the release", FindingStatus.Warning,
                $"{pinned.Source}: {KubeVersion} is {pinned.Text}, which outranks what each release brings.",
                $"Each step says its own with --kubernetes-version; take {KubeVersion} out, or write the new one after each step.", pinned.Source);
    }

    private static IEnumerable<Finding> OfTime((TimeSpan Total, string Playbook)? time) => [time is { } known
        ? Found("time", "How long a step takes", FindingStatus.Passed,
            $"a step takes about {ConsoleLog.Elapsed(known.Total)}, as the last whole run of {known.Playbook} did", null)
        : Found("time", "How long a step takes", FindingStatus.Skipped,
            "how long a step takes: no record of a whole run is here.", "The first step leaves one: plan again after it.")];

    private (TimeSpan Total, string Playbook)? Expected(Distribution release)
    {
        foreach (var playbook in new[] { release.Playbooks.Upgrade, release.Playbooks.Install }.OfType<Playbook>())
        {
            // The records have it by its name in both places.
            foreach (var name in new[] { Path.GetFileName(playbook.File), Path.GetFileName(playbook.File).Replace('-', '_') })
            {
                if (RunEstimate.FromRecords(deployment.Cluster, name) is { } run)
                    return (run.Total, name);
            }
        }

        return null;
    }

    private static string Counting(IEnumerable<DeprecatedRequests> servers) =>
        string.Join(", ", servers.DistinctBy(server => server.Server).Select(server => server.Since is { } since
            ? $"{server.Server} counts since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC"
            : $"{server.Server} doesn't say since when it counts"));

    private static string? Ansible(Distribution release) => Pin(release) is { } pin
        ? $"{pin.Core} ({pin.Package} {pin.Version})" : release.AnsibleWindow?.ToString();

    private static string? Python(Distribution release) =>
        (Pin(release)?.Core ?? release.AnsibleWindow?.Minimum) is { } core
        && AnsiblePython.OnControlMachine(core) is var (least, most)
            ? $"{least} - {most}" : null;

    private static AnsiblePin? Pin(Distribution release) =>
        release.Requirements.PythonFile(null) is { } file ? AnsiblePin.Read(file) : null;

    private static Version Minor(Version version) => new(version.Major, version.Minor);

    private static Finding Found(
        string check, string title, FindingStatus status, string message, string? remedy, VariableSource? source = null) =>
        new($"plan-{check}", title, null, status, message) { Remedy = remedy, Source = source };
}
