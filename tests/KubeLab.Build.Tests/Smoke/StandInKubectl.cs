using System.Collections.Concurrent;
using KubeLab.Kubernetes;

namespace KubeLab.Tests.Smoke;

/// <summary>
/// Stands where kubectl stands and answers from recorded text, by the first rule whose words a call's arguments begin with: for
/// what no cluster can be made to do on demand.
/// </summary>
internal sealed class StandInKubectl : IKubectl
{
    private const string NoSuchThing = "Error from server (NotFound): the server could not find the requested resource";

    private readonly List<(string Begins, Func<KubectlCall, KubectlResult> Answer)> _rules = [];

    public ConcurrentQueue<string> Calls { get; } = [];

    public string Description => "a stand-in";

    public bool IsLocal => false;

    public static KubectlResult Output(string text) => new("kubectl", 0, text, "", TimeSpan.FromMilliseconds(1));

    public static KubectlResult Error(string text) => new("kubectl", 1, "", text, TimeSpan.FromMilliseconds(1));

    /// <summary>The lab's cluster as it was recorded when nothing was wrong with it.</summary>
    public static StandInKubectl Healthy()
    {
        var kubectl = new StandInKubectl()
            .Answers("config view", Output("""{"clusters":[{"cluster":{"server":"https://192.0.2.10:6443"}}],"users":[{"user":{}}]}"""))
            .Answers("get --raw /version", Output(Recorded.Text("version")))
            .Answers("get --raw /readyz", Output("ok"))
            .Answers("get --raw /livez", Output("ok"))
            .Answers("get --raw /api/v1/nodes", Output(Recorded.Text("nodes")))
            .Answers("get --raw /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", Output(Recorded.Text("node-leases")))
            .Answers("get --raw /apis/coordination.k8s.io/v1/namespaces/kube-system/leases", Output(Recorded.Text("system-leases")))
            .Answers("get --raw /api/v1/namespaces/kube-system/pods/https:", Output("ok"))
            .Answers("get --raw /api/v1/namespaces/kube-system/pods", Output(Recorded.Text("system-pods")))
            .Answers("get --raw /apis/certificates.k8s.io", Output(Recorded.Text("certificate-requests")))
            .Answers("get --raw /api/v1/componentstatuses", Output(Recorded.Text("component-statuses")));
        kubectl.Answers("get --raw /metrics", Output(Recorded.Metrics));
        foreach (var empty in new[] { "/apis/apiregistration.k8s.io/v1/apiservices", "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", "/api/v1/services", "/api/v1/persistentvolumes", "/api/v1/persistentvolumeclaims", "/api/v1/namespaces/kube-system/services", "/api/v1/namespaces/kube-system/endpoints", "/apis/apps/v1" })
            kubectl.Answers($"get --raw {empty}", Output("""{"items":[]}"""));
        return kubectl;
    }

    public StandInKubectl Answers(string begins, KubectlResult answer) => Answers(begins, _ => answer);

    public StandInKubectl Answers(string begins, Func<KubectlCall, KubectlResult> answer)
    {
        _rules.Add((begins, answer));
        return this;
    }

    /// <summary>Answers a call differently from here on.</summary>
    public StandInKubectl AnswersInstead(string begins, Func<KubectlCall, KubectlResult> answer)
    {
        _rules.Insert(0, (begins, answer));
        return this;
    }

    public StandInKubectl AnswersInstead(string begins, KubectlResult answer) => AnswersInstead(begins, _ => answer);

    public Task<KubectlResult> RunAsync(KubectlCall call, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var line = string.Join(' ', call.Arguments);
        Calls.Enqueue(line);
        var rule = _rules.Find(rule => line.StartsWith(rule.Begins, StringComparison.Ordinal));
        return Task.FromResult(rule.Answer is null ? Error(NoSuchThing) : rule.Answer(call));
    }
}
