using KubeLab.Ansible;
using KubeLab.Variables;

namespace KubeLab.Preflight;

/// <summary>
/// The release's own asserts hold, rehearsed with its own Ansible (<see cref="AssertRehearsal"/>): all that do not hold, and not
/// only the first. In ValidateInventory the facts of the nodes are unknown to it, in ValidateNodes they are the probe's.
/// </summary>
internal sealed class ReleaseAssertsRule() : ClusterRule("release-asserts", "The release's own asserts", RuleStage.Inventory)
{
    private const int MostNames = 5;

    // What an assert says that was given nothing to say.
    private const string NothingSaid = "Assertion failed";

    // Looks at nothing that a later task would judge.
    private static readonly string[] Judging = ["assert", "fail", "command", "shell", "include_role"];

    public override IEnumerable<Finding> Judge(PreflightContext scene)
    {
        if (scene.Rehearsal is not { } rehearsal)
            return [];
        if (rehearsal.NothingToJudge is { } reason)
            return [Skip(reason)];
        var findings = rehearsal.Tasks.SelectMany(task => Failures(task, scene)).Concat(Unknown(rehearsal, scene)).ToList();
        if (rehearsal.Problem is { } problem)
            findings.Add(Unfinished(problem));
        var held = rehearsal.Tasks.Count(task => task.Passed.Count > 0 && task is { Failed: [], Unknown: [] });
        var isSaidByOthers = held == 0 && rehearsal.Tasks.Any(task => task.Failed.Count > 0);
        return isSaidByOthers || findings.Exists(finding => finding.Status is FindingStatus.Failed or FindingStatus.Warning)
            ? findings : [Pass($"{held} of the release's asserts hold"), .. findings];
    }

    // What holds on none of the nodes that it concerns is the cluster's, and said once.
    private IEnumerable<Finding> Failures(RehearsedTask task, PreflightContext scene)
    {
        var failures = task.Failed.Where(failure => !IsFound(failure, scene));
        foreach (var alike in failures.GroupBy(failure => (failure.Assertion, failure.Item, failure.Message)))
        {
            var failed = alike.DistinctBy(failure => failure.Host).ToList();
            var isOfAll = task.Once || (task.Passed.Count == 0 && task.Unknown.Count == 0 && failed.Count > 1);
            foreach (var failure in isOfAll ? failed.Take(1) : failed)
                yield return Failure(task, failure, isOfAll ? null : failure.Host, scene);
        }
    }

    // What a rule of KubeLab's own has found already is not said again.
    private static bool IsFound(RehearsedFailure failure, PreflightContext scene)
    {
        var condition = $"{failure.Assertion} {failure.Item}\n{failure.Message}";
        var rules = CheckCatalog.All<Rule>().Where(rule => rule.Restates.Any(condition.Contains));
        var ids = rules.Select(rule => rule.Id).ToHashSet();
        // A rule of variables names the very place that the value is from.
        var places = failure.Values.Keys.Select(name => (Name: name, Written: Written(failure.Host, name, scene)))
            .Where(each => each.Written is { IsDefault: false }).Select(each => $"{each.Written!.Source}: {each.Name} ").ToList();
        return scene.Found.Any(finding => finding.Status == FindingStatus.Failed
            && (places.Exists(place => finding.Message.StartsWith(place, StringComparison.Ordinal))
                || (ids.Contains(finding.Check) && (finding.Node is null || finding.Node == failure.Host))));
    }

    private Finding Failure(RehearsedTask task, RehearsedFailure failure, string? node, PreflightContext scene)
    {
        var values = failure.Values
            .Select(value => (value.Key, value.Value, Written: Written(failure.Host, value.Key, scene))).ToList();
        var set = values.Find(value => value.Written is { IsDefault: false });
        var chief = set.Key is null ? values.FirstOrDefault() : set;
        var said = failure.Message is NothingSaid or "" ? task.Name : failure.Message.Trim();
        var shown = string.Join(", ", values.Select(value =>
            $"{value.Key} is {value.Value}{(value.Written is { } written ? $" ({written.Source})" : "")}"));
        var item = failure.Item is null ? "" : $" ({failure.Item})";
        var condition = failure.Assertion ?? task.Name;
        var where = node is null ? "" : $"{node}: ";
        var message = $"{where}{said.TrimEnd('.', '\n')}{item}{(shown.Length > 0 ? $": {shown}" : "")}";
        var remedy = (chief.Written, failure.Assertion) switch
        {
            ({ } variable, not null) =>
                $"Set {variable.Name} in {scene.Variables.WhereToChange(variable)} so that this holds: {condition}",
            ({ } variable, null) =>
                $"Correct {variable.Name} in {scene.Variables.WhereToChange(variable)}: the playbook would end there.",
            _ => $"The playbook would end there. What it wants: {condition}",
        };
        return new Finding(Id, Title, node, FindingStatus.Failed, message)
        {
            Observed = chief.Key is null ? said : $"{chief.Key}: {chief.Value}",
            Required = condition,
            Source = Place(task, scene),
            Remedy = remedy,
        };
    }

    private static EffectiveVariable? Written(string host, string name, PreflightContext scene)
    {
        var node = scene.Inventory.Nodes.FirstOrDefault(each => each.Name == host);
        var isFact = name.StartsWith("ansible_", StringComparison.Ordinal);
        return node is null || isFact ? null : scene.Variables.Of(node, name);
    }

    private static FindingSource Place(RehearsedTask task, PreflightContext scene) =>
        new(ShownPath.Of(RealPath.Of(scene.Distribution.Directory), task.File), task.Line);

    private IEnumerable<Finding> Unknown(Rehearsal rehearsal, PreflightContext scene)
    {
        var unknown = rehearsal.Tasks.Where(task => Judging.Contains(task.Action) && !task.Registers)
            .SelectMany(task => task.Unknown.Select(each => (Task: task, Unknown: each)))
            .Where(each => each.Unknown.Kind != UnknownKind.Later).ToLookup(each => each.Unknown.Kind);
        UnknownKind[] failing = [UnknownKind.Missing, UnknownKind.Endless, UnknownKind.Broken];
        foreach (var (task, each) in failing.SelectMany(kind => unknown[kind]))
        {
            var node = task.Once ? null : each.Host;
            var where = node is null ? "" : $"{node}: ";
            var message = $"{where}whether this holds is unknown, as {each.Reason}: {task.Name}";
            yield return new Finding(Id, Title, node, FindingStatus.Failed, message)
            {
                Observed = "unknown",
                Required = task.Name,
                Source = Place(task, scene),
                Remedy = $"The playbook may end there. If you know that it holds, leave the check out with --skip-checks {Id}.",
            };
        }

        foreach (var alike in unknown[UnknownKind.Lacking].GroupBy(each => each.Unknown.Reason))
        {
            var names = alike.Select(each => each.Task.Name).Distinct().ToList();
            var more = names.Count > MostNames ? $"; and {names.Count - MostNames} more" : "";
            yield return Warn(
                $"Not judged, as {alike.Key}: {string.Join("; ", names.Take(MostNames))}{more}",
                "The playbook stops there for the same reason. Install it for the Ansible in use, "
                + $"{scene.Deployment.Ansible.Toolchain.Directory}: a collection by its ansible-galaxy, a library by its Python.")
                .Compared("not judged", "a verdict", Place(alike.First().Task, scene));
        }

        foreach (var ofNode in unknown[UnknownKind.Silent].GroupBy(each => each.Unknown.Host))
            yield return Skip(ofNode.First().Unknown.Reason) with { Node = ofNode.Key };
        foreach (var alike in unknown[UnknownKind.Never].GroupBy(each => each.Unknown.Reason))
        {
            var names = alike.Select(each => each.Task.Name).Distinct().ToList();
            var more = names.Count > MostNames ? $", and {names.Count - MostNames} more" : "";
            yield return Skip($"not rehearsed, as {alike.Key}: {string.Join("; ", names.Take(MostNames))}{more}");
        }
    }

    private Finding Unfinished(string problem) => Warn(
        $"The release's asserts were not rehearsed to their end: {problem}",
        $"Mend what it names. The playbook will judge them by itself; leave the rehearsal out with --skip-checks {Id}.")
            .Compared("a part of the asserts", "all of them", "KubeLab's rehearsal");
}
