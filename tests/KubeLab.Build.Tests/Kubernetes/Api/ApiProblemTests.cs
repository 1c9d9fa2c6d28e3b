using KubeLab.Kubernetes;

namespace KubeLab.Tests.Kubernetes;

public class ApiProblemTests
{
    // What kubectl 1.20 and 1.32 wrote to standard error, word for word.
    [Theory]
    [InlineData("The connection to the server 10.86.0.10:6443 was refused - did you specify the right host or port?", ApiProblemKind.Unreachable)]
    [InlineData("Unable to connect to the server: dial tcp 192.0.2.1:6443: connect: no route to host", ApiProblemKind.Unreachable)]
    [InlineData("Unable to connect to the server: dial tcp: lookup nowhere.invalid: no such host", ApiProblemKind.Unreachable)]
    [InlineData("Unable to connect to the server: dial tcp 192.0.2.1:6443: i/o timeout", ApiProblemKind.TimedOut)]
    [InlineData("Unable to connect to the server: net/http: TLS handshake timeout", ApiProblemKind.TimedOut)]
    [InlineData("Unable to connect to the server: x509: certificate has expired or is not yet valid", ApiProblemKind.ServerCertificate)]
    [InlineData("Unable to connect to the server: x509: certificate is valid for 10.233.0.1, not 192.0.2.1", ApiProblemKind.ServerCertificate)]
    [InlineData("Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority", ApiProblemKind.ServerCertificate)]
    [InlineData("error: You must be logged in to the server (Unauthorized)", ApiProblemKind.Unauthorized)]
    [InlineData("error: You must be logged in to the server (the server has asked for the client to provide credentials)", ApiProblemKind.Unauthorized)]
    [InlineData("Error from server (Forbidden): nodes is forbidden: User \"viewer\" cannot list resource \"nodes\" in API group \"\" at the cluster scope", ApiProblemKind.Forbidden)]
    [InlineData("Error from server (NotFound): the server could not find the requested resource", ApiProblemKind.NotFound)]
    [InlineData("Error from server (InternalError): an error on the server (\"[-]etcd failed: reason withheld\") has prevented the request from succeeding", ApiProblemKind.ServerError)]
    [InlineData("Error from server (ServiceUnavailable): the server is currently unable to handle the request", ApiProblemKind.ServerError)]
    [InlineData("error: something that nobody knows", ApiProblemKind.Other)]
    [InlineData("", ApiProblemKind.Other)]
    public void I_am_told_why_the_API_gives_no_answer(string said, ApiProblemKind kind) => ApiProblem.Classify(said).ShouldBe(kind);

    [Fact]
    public void I_read_the_sentence_that_matters_below_log_lines_and_warnings()
    {
        var said = """
            Warning: v1 ComponentStatus is deprecated in v1.19+
            E1122 17:03:11.123456    1085 memcache.go:265] couldn't get current server API group list
            The connection to the server 10.86.0.10:6443 was refused - did you specify the right host or port?
            """;

        new ApiProblem(ApiProblemKind.Unreachable, "GET /version", said).Message
            .ShouldBe("GET /version: The connection to the server 10.86.0.10:6443 was refused - did you specify the right host or port?");
    }

    [Fact]
    public void I_am_told_that_a_kubeconfig_without_credentials_has_none()
    {
        var asking = new KubectlResult("kubectl get", 1, "Please enter Username: ", "error: EOF", TimeSpan.Zero);

        var problem = ApiProblem.From("GET /version", asking);

        problem.Kind.ShouldBe(ApiProblemKind.Unauthorized);
        problem.Reason.ShouldBe("the kubeconfig's user has no credentials");
    }
}
