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

    [Fact]
    public void I_can_take_what_kubeadm_writes() => ForeignKubeconfig.Check("""
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: AAAA
            server: https://127.0.0.1:6443
          name: cluster.local
        contexts:
        - context:
            cluster: cluster.local
            user: kubernetes-admin
          name: kubernetes-admin@cluster.local
        current-context: kubernetes-admin@cluster.local
        kind: Config
        preferences: {}
        users:
        - name: kubernetes-admin
          user:
            client-certificate-data: AAAA
            client-key-data: AAAA
        """, "admin.conf on k8s-m0");

    [Theory]
    [InlineData("users: [{name: a, user: {exec: {command: /tmp/x, apiVersion: client.authentication.k8s.io/v1}}}]", "user.exec")]
    [InlineData("users: [{name: a, user: {auth-provider: {name: x}}}]", "user.auth-provider")]
    [InlineData("users: [{name: a, user: {tokenFile: /root/.ssh/id_ed25519}}]", "user.tokenFile")]
    [InlineData("users: [{name: a, user: {client-key: /root/key}}]", "user.client-key")]
    [InlineData("users: [{name: a, user: {as: root}}]", "user.as")]
    [InlineData("users: [{name: a, user: {username: x, password: y}}]", "user.username; user.password")]
    [InlineData("users: [{name: a, user: {token: t}, exec: {}}]", "users.exec")]
    [InlineData("clusters: [{name: a, cluster: {server: 'http://192.0.2.1'}}]", "server http://192.0.2.1, which is no https")]
    [InlineData("clusters: [{name: a, cluster: {server: 'https://192.0.2.1', insecure-skip-tls-verify: true}}]", "cluster.insecure-skip-tls-verify")]
    [InlineData("clusters: [{name: a, cluster: {server: 'https://192.0.2.1', proxy-url: 'http://192.0.2.2'}}]", "cluster.proxy-url")]
    [InlineData("clusters: [{name: a, cluster: {server: 'https://192.0.2.1', certificate-authority: /etc/shadow}}]", "cluster.certificate-authority")]
    [InlineData("clusters: [{name: a, cluster: {}}]", "server , which is no https")]
    [InlineData("preferences: {colors: true}", "preferences.colors")]
    [InlineData("extensions: []", "extensions")]
    [InlineData("\"a\\e[31m\": 1", "a")]
    public void I_am_told_what_a_node_would_have_my_machine_do(string text, string refused)
    {
        var error = Should.Throw<UserError>(() => ForeignKubeconfig.Check(text, "admin.conf on k8s-m0"));

        error.Message.ShouldStartWith("admin.conf on k8s-m0 asks for more");
        error.Message.ShouldContain($"not taken: {refused}");
        error.Message.ShouldNotContain("\u001b");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("users: {a: b}")]
    [InlineData("users: [a]")]
    [InlineData("users: [{user: [a]}]")]
    [InlineData("clusters: [{cluster: {server: [a]}}]")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("a: &x [*x]")]
    public void I_am_told_that_what_a_node_gives_is_none(string text) =>
        Should.Throw<UserError>(() => ForeignKubeconfig.Check(text, "admin.conf on k8s-m0")).Message.ShouldStartWith("admin.conf on k8s-m0 ");

    [Fact]
    public void I_get_an_end_of_nesting_without_end() =>
        Should.Throw<UserError>(() => ForeignKubeconfig.Check($"users: {new string('[', 100_000)}", "admin.conf on k8s-m0"));
}
