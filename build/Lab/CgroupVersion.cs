namespace KubeLab.Lab;

/// <summary>The version of control groups that this machine limits memory with.</summary>
public enum CgroupVersion
{
    /// <summary>One hierarchy a controller, below <c>/sys/fs/cgroup/memory</c> and its like.</summary>
    V1 = 1,

    /// <summary>One hierarchy for all, at <c>/sys/fs/cgroup</c>.</summary>
    V2 = 2,
}
