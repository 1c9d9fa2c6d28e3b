namespace KubeLab.Lab;

/// <summary>What <c>LabUp</c> did to one node.</summary>
public enum NodeChange
{
    /// <summary>Nothing: it was as wanted.</summary>
    None,

    /// <summary>It was made, or made again from the image.</summary>
    Created,

    /// <summary>It was there and not running.</summary>
    Started,

    /// <summary>It got another memory limit while it ran.</summary>
    Resized,

    /// <summary>It was shut down and started again, keeping what is on it.</summary>
    Restarted,

    /// <summary>It ran and something around it was put right, such as its place on the bridge.</summary>
    Repaired,
}
