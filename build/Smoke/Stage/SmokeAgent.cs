using KubeLab.Kubernetes;

namespace KubeLab.Smoke;

/// <summary>The test's pod on one node.</summary>
/// <param name="NodeAddress">The node's internal address; null where it isn't known.</param>
public sealed record SmokeAgent(string Node, string Pod, string Address, string? NodeAddress)
{
    /// <summary>The port on which agents and backends answer.</summary>
    public static int Port => 8080;

    /// <summary>A page of the agent.</summary>
    public string Page(string path) => $"http://{UrlHost.Of(Address)}:{Port}/{path}";
}

/// <summary>What the agent on one node reports.</summary>
/// <param name="Problem">Why there is no complete report; null where there is.</param>
/// <param name="Lines">The lines that each check's script printed, by the check's id.</param>
public sealed record AgentReport(SmokeAgent Agent, string? Problem, ILookup<string, string> Lines)
{
    /// <summary>How long one request may take: a busy machine answers late, and late is not wrong.</summary>
    internal const int RequestSeconds = 10;

    /// <summary>How long an answer is waited for that nothing has to be made for first.</summary>
    internal const int Patience = 25;

    /// <summary>How long a Service's answer is waited for: a busy node's kube-proxy was seen to take 31 s.</summary>
    internal const int ServicePatience = 90;

    private const string End = "end";
    private const string Self = "self";

    /// <summary>The shell functions that scripts may call. Each try begins its page anew, so that nothing of one that was given
    /// up counts for the next, and tells its end: an answer, a refusal, no answer in time, or anything else.</summary>
    internal const string Prelude =
        """
        now() { read -r up _ < /proc/uptime; echo "${up%.*}${up#*.}"; }
        waited() { echo $(($(now) - begun)); }
        begin() {
          page=$(mktemp "${TMPDIR:-/srv}/page.XXXXXX")
          begun=$(now)
          end=none; took=0; answered=0; refused=0; silent=0; failed=0; slowest=0
        }
        try() {
          since=$(now)
          { timeout "$2" wget -q -O - "$1" > "$page"; } 2> "$page.said"
          case $? in
            0) end=answered; answered=$((answered + 1)) ;;
            124 | 137 | 143) end=silent; silent=$((silent + 1)) ;;
            *)
              if grep -qi refused "$page.said"; then end=refused; refused=$((refused + 1))
              else end=failed; failed=$((failed + 1)); fi ;;
          esac
          took=$(($(now) - since)); [ $took -le $slowest ] || slowest=$took
        }
        tell() {
          case $end in
            answered) text=$(head -c 100 "$page" | tr -d '\000' | head -n 1) ;;
            *) text=$(tail -n 1 "$page.said") ;;
          esac
          echo "$1 $end $took $(waited) $answered $refused $silent $failed $slowest $(wc -c < "$page") $text"
          rm -f "$page" "$page.said"
        }
        ask() { begin; while try "$2" "$3"; [ $end != answered ] && [ "$(waited)" -lt "${4}00" ]; do sleep 1; done; tell "$1"; }
        report() { while IFS= read -r line; do printf '%s|%s\n' "$1" "$line"; done; }

        """;

    /// <summary>What its own page says where even that didn't come, which takes no network: the node is too busy for its pod to
    /// tell anything of the cluster. Null where it came.</summary>
    public string? Starved =>
        Lines[Self].Select(AgentAnswer.Parse).OfType<AgentAnswer>().FirstOrDefault() is { IsAnswered: false } own
        ? $"the pod's own page didn't come either, which takes no network: {own.Said}{Load}"
        : null;

    /// <summary>How busy the node is, as an addition to a sentence; empty where it isn't known.</summary>
    public string Load => Lines[Self].Select(line => line.Split(' ')).FirstOrDefault(words => words is ["load", _, _])
        is [_, var load, var cores]
        ? $" (load {load} on {cores} processors)"
        : "";

    /// <summary>One script that runs those of several checks side by side and marks each line with its check.</summary>
    public static string Script(IReadOnlyList<IAgentCheck> checks, NamespaceSnapshot scene, SmokeAgent self) =>
        Prelude
        + $"( {{ {Ask(self.Node, self.Page("node"))}\n"
        + $"echo \"load $(cut -d' ' -f1 /proc/loadavg) $(grep -c ^processor /proc/cpuinfo)\"; }} 2>&1 | report {Self} ) &\n"
        + string.Concat(checks.Select(check => $"( {{\n{check.Script(scene, self)}\n}} 2>&1 | report {check.Id} ) &\n"))
        + $"wait\necho '{End}|'\n";

    /// <summary>The shell's words that ask for a page until it comes or the time has passed, and tell how that went.</summary>
    internal static string Ask(string name, string url, int patience = Patience) =>
        $"ask {name} {url} {RequestSeconds} {patience}";

    /// <summary>Reads what the script printed.</summary>
    public static AgentReport Read(SmokeAgent agent, KubectlResult result)
    {
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.TrimEnd('\r').Split('|', 2))
            .Where(parts => parts.Length == 2).ToLookup(parts => parts[0], parts => parts[1]);
        if (lines.Contains(End))
            return new AgentReport(agent, Problem: null, lines);
        return new AgentReport(agent, result.TimedOut
            ? $"no end of a command in its pod after {result.Duration.TotalSeconds:0} s"
            : $"no command can be run in its pod: {ApiProblem.From("exec", result).Reason}", lines);
    }
}

/// <summary>What all agents report.</summary>
/// <param name="All">The reports, by node name in order.</param>
public sealed record AgentReports(NamespaceSnapshot Scene, IReadOnlyList<AgentReport> All)
{
    internal IEnumerable<Finding> NotAsked =>
        Scene.Missing.Select(node => Finding.Skip(node, "no pod of the test runs there: see pod-on-every-node"));

    /// <summary>An agent's pod as a reference for evidence.</summary>
    internal ObjectReference Pod(AgentReport report) => new("pod", report.Agent.Pod, Scene.Namespace);

    /// <summary>Why nothing that a node's pod says of others, or others of it, tells anything; null where it does.</summary>
    public string? Starved(string node) => All.FirstOrDefault(report => report.Agent.Node == node)?.Starved;

    /// <summary>Judges each node by the lines that a check's script printed there. One without a report is skipped: what is wrong
    /// there, <c>nodes-ready</c>, <c>pod-on-every-node</c> or <c>logs-and-exec</c> say; so is one too busy to tell.</summary>
    public IReadOnlyList<Finding> Judge(string id, Func<AgentReport, IReadOnlyList<string>, IEnumerable<Finding>> judge)
    {
        var looked = All.SelectMany(report => report switch
        {
            { Problem: not null } => [Finding.Skip(report.Agent.Node, "its pod can't be asked: see logs-and-exec")],
            { Starved: { } starved } => [Finding.Skip(report.Agent.Node, $"not judged, as {starved}")],
            _ => judge(report, [.. report.Lines[id]]),
        });
        return [.. looked, .. NotAsked];
    }
}
