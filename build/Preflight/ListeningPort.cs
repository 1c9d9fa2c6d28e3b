using System.Net;

namespace KubeLab.Preflight;

/// <summary>A TCP port that something on a node listens on.</summary>
/// <param name="Address">The address that it is bound to.</param>
/// <param name="Port">The port.</param>
/// <param name="Owner">The name of the process, as the kernel keeps it: at most 15 characters; null where it isn't known.</param>
public sealed record ListeningPort(IPAddress Address, int Port, string? Owner);
