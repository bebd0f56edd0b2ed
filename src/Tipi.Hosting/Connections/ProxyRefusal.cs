using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>Why a connection did not pass the PROXY protocol.</summary>
/// <param name="End">For the connection's end; its text counts among the refused connections as well.</param>
/// <param name="Message">For the log.</param>
internal sealed record ProxyRefusal(ConnectionEndReason End, string Message)
{
    internal static ProxyRefusal NotAllowed { get; } =
        new(ConnectionEndReason.ProxyNotAllowed, "Its source is not in the PROXY protocol's AllowedNetworks.");

    internal static ProxyRefusal Missing { get; } =
        new(ConnectionEndReason.ProxyHeaderMissing, "It does not start with a PROXY header.");

    internal static ProxyRefusal Malformed { get; } =
        new(ConnectionEndReason.ProxyHeaderMalformed, "It ended inside its PROXY header.");

    internal static ProxyRefusal Timeout { get; } =
        new(ConnectionEndReason.ProxyHeaderTimeout, "Its PROXY header did not arrive in time.");
}
