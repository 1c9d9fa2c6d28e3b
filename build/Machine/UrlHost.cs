namespace KubeLab.Machine;

/// <summary>An address as a URL has it (RFC 3986, 3.2.2).</summary>
public static class UrlHost
{
    /// <summary>The address; one of IPv6 in brackets.</summary>
    public static string Of(string address) => address.Contains(':') ? $"[{address}]" : address;
}
