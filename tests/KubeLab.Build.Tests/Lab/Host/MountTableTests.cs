using CsCheck;
using KubeLab.Lab;

namespace KubeLab.Tests.Lab;

public class MountTableTests
{
    private const string Text = """
        22 27 0:20 / /proc rw,relatime - proc proc rw
        27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
        72 27 0:42 / /var/lib/lxcfs rw,nosuid,nodev,relatime shared:20 master:3 - fuse.lxcfs lxcfs rw,user_id=0
        73 27 0:50 / /lab/nodes/a/rootfs rw - overlay overlay rw
        74 73 0:51 / /lab/nodes/a/rootfs/proc rw - proc proc rw
        75 27 0:52 / /lab/nodes/ab rw - tmpfs tmpfs rw
        76 27 0:53 / /with\040blank\134 rw - tmpfs tmpfs rw

        """;

    [Fact]
    public void I_can_read_mounts_with_any_number_of_optional_fields()
    {
        var table = MountTable.Parse(Text);

        table.At("/")!.FileSystem.ShouldBe("ext4");
        table.At("/var/lib/lxcfs").ShouldBe(new MountTable.Mount("0:42", "/var/lib/lxcfs", "fuse.lxcfs"));
        table.At("/nowhere").ShouldBeNull();
    }

    [Fact]
    public void Of_mounts_on_top_of_each_other_the_uppermost_counts() =>
        MountTable.Parse(Text + "80 27 0:60 / /var/lib/lxcfs rw - tmpfs tmpfs rw\n").At("/var/lib/lxcfs")!.Device.ShouldBe("0:60");

    [Fact]
    public void What_lies_below_a_path_comes_innermost_first_and_a_longer_name_is_not_below() =>
        MountTable.Parse(Text).Below("/lab/nodes/a").ShouldBe(["/lab/nodes/a/rootfs/proc", "/lab/nodes/a/rootfs"]);

    [Fact]
    public void Escaped_characters_are_read() => MountTable.Parse(Text).At("/with blank\\").ShouldNotBeNull();

    [Fact]
    public void Lines_that_are_no_mounts_are_left_out() => MountTable.Parse("27 1 254:0 / /\n- - -\nx\n").Mounts.ShouldBeEmpty();

    [Fact]
    public void No_text_throws() => Gen.String.Sample(text => MountTable.Parse(text) is not null);
}
