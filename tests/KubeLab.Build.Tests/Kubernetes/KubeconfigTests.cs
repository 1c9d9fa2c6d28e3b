using KubeLab.Kubernetes;

namespace KubeLab.Tests.Kubernetes;

public class KubeconfigTests
{
    private const string Written = """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: AAAA
            server: https://127.0.0.1:6443
          name: cluster.local
        kind: Config
        """;

    [Fact]
    public void I_get_the_same_kubeconfig_with_another_server()
    {
        var server = Kubeconfig.ServerOf(Written, "admin.conf");

        var changed = Kubeconfig.WithServer(Written, server, new Uri("https://192.0.2.10:6443"));

        changed.ShouldBe(Written.Replace("127.0.0.1", "192.0.2.10", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("clusters: []")]
    [InlineData("clusters: [{cluster: {server: 'no url'}}]")]
    [InlineData("cat: /etc/kubernetes/admin.conf: No such file or directory")]
    public void I_am_told_that_it_is_no_kubeconfig(string text) =>
        Should.Throw<UserError>(() => Kubeconfig.ServerOf(text, "admin.conf on k8s-m0")).Message.ShouldStartWith("admin.conf on k8s-m0 holds no kubeconfig");
}
