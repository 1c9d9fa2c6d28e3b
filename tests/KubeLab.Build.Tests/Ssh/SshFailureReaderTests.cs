using KubeLab.Ssh;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Ssh;

/// <summary>What OpenSSH 9.2 printed where a connection failed, and what is made of it.</summary>
public class SshFailureReaderTests
{
    [Theory]
    [InlineData("no such identity: /keys/id: No such file or directory\nroot@127.0.0.1: Permission denied (publickey).\n", SshFailureReason.KeyUnusable, "There is no such key file")]
    [InlineData("Load key \"/keys/id\": error in libcrypto\nroot@127.0.0.1: Permission denied (publickey).\n", SshFailureReason.KeyUnusable, "ssh-keygen -y -f FILE")]
    [InlineData("Load key \"/keys/id\": Permission denied\nroot@127.0.0.1: Permission denied (publickey).\n", SshFailureReason.KeyUnusable, "whether you may read it")]
    [InlineData("root@127.0.0.1: Permission denied (publickey).\n", SshFailureReason.KeyRejected, "--ssh-user, --private-key")]
    [InlineData("command-line: line 0: Bad configuration option: nonsense\n", SshFailureReason.Other, "ansible_ssh_common_args")]
    [InlineData("Host key verification failed.\n", SshFailureReason.HostKeyUnknown, "./build.sh PinHosts")]
    [InlineData("", SshFailureReason.Other, "ssh -v 127.0.0.1")]
    public void I_am_told_what_to_do(string said, SshFailureReason reason, string remedy)
    {
        var failure = SshFailureReader.Read(Nodes.On("k8s-n1", "127.0.0.1", 22), said);

        failure.Reason.ShouldBe(reason);
        failure.Message.ShouldNotBeNullOrWhiteSpace();
        failure.Remedy.ShouldContain(remedy);
    }

    [Fact]
    public void I_am_told_where_the_key_stands_that_is_no_longer_the_machines()
    {
        const string said = """
            @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
            @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
            @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
            IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
            Offending ED25519 key in /clusters/mine/known_hosts:7
            Host key verification failed.
            """;

        var failure = SshFailureReader.Read(Nodes.On("k8s-n1", "127.0.0.1", 22), said);

        failure.Reason.ShouldBe(SshFailureReason.HostKeyChanged);
        failure.Message.ShouldBe("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! Offending ED25519 key in /clusters/mine/known_hosts:7");
        failure.Remedy.ShouldContain("PinHosts --replace-pins");
    }

    [Fact]
    public void I_look_for_the_host_key_at_the_nodes_port() =>
        SshFailureReader.Read(Nodes.On("k8s-n1", "127.0.0.1", 2222), "Host key verification failed.").Remedy.ShouldContain("ssh-keyscan -p 2222 127.0.0.1 >>");

    [Fact]
    public void I_am_told_that_it_is_the_jump_host_that_fails()
    {
        var failure = SshFailureReader.Read(
            Nodes.On("k8s-n1", "127.0.0.1", 22, ("ansible_ssh_common_args", "-J 127.0.0.9")),
            "ssh: connect to host 127.0.0.9 port 22: Connection refused\nkex_exchange_identification: Connection closed by remote host\nConnection closed by UNKNOWN port 65535\n");

        failure.Reason.ShouldBe(SshFailureReason.Refused);
        failure.Message.ShouldBe("the way there leads through a jump host, which failed: ssh: connect to host 127.0.0.9 port 22: Connection refused");
        failure.Remedy.ShouldEndWith("What it says: ssh -o ControlPersist=no -J 127.0.0.9 127.0.0.1 true");
    }

    [Fact]
    public void I_am_told_that_no_password_is_tried() =>
        SshFailureReader.Read(Nodes.On("k8s-n1", "127.0.0.1", 22, ("ansible_password", "hunter2")), "root@127.0.0.1: Permission denied (publickey,password).")
            .Remedy.ShouldBe("The inventory gives a password for k8s-n1, and KubeLab logs in with keys alone: put yours there (./build.sh PrepareNodes), and take the password out.");
}
