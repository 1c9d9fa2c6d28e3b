using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class SeccompPolicyTests
{
    // LXC's own, of Debian 12 (5.0.2) and of Debian 10 (3.1), with the word that it had then.
    [Theory]
    [InlineData("2\ndenylist\nreject_force_umount  # comment this to allow umount -f;  not recommended\n[all]\nkexec_load errno 1\nopen_by_handle_at errno 1\n",
        "2\ndenylist\n[all]\nkexec_load errno 1\nopen_by_handle_at errno 1\nswapoff errno 0\nswapon errno 1\n")]
    [InlineData("2\nblacklist\nreject_force_umount\n[all]\ndelete_module errno 1", "2\nblacklist\n[all]\ndelete_module errno 1\nswapoff errno 0\nswapon errno 1\n")]
    public void I_can_unmount_by_force_on_a_node_and_this_machine_keeps_its_swap(string common, string expected) =>
        SeccompPolicy.For(common).ShouldBe(expected);
}
