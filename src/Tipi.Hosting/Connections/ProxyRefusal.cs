namespace Tipi.Hosting.Connections;

/// <summary>Why a connection did not pass the PROXY protocol.</summary>
/// <param name="Text">For the metrics: one of a few words.</param>
/// <param name="Message">For the log.</param>
internal sealed record ProxyRefusal(string Text, string Message)
{
    internal static ProxyRefusal NotAllowed { get; } =
        new("proxy_not_allowed", "Its source is not in the PROXY protocol's AllowedNetworks.");

    internal static ProxyRefusal Missing { get; } =
        new("proxy_header_missing", "It does not begin with a PROXY header.");

    internal static ProxyRefusal Malformed { get; } =
        new("proxy_header_malformed", "It ends inside its PROXY header.");

    internal static ProxyRefusal Timeout { get; } =
        new("proxy_header_timeout", "Its PROXY header did not arrive in time.");
}
