using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http1;

/// <summary>
/// Holds the reads of a body to its least rate: while one waits, the connection's deadline is the end of what the
/// client is allowed.
/// </summary>
internal struct BodyWait
{
    private BodyRate _rate;

    /// <summary>A read begins to wait.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="received">Bytes of the body that have come.</param>
    internal void Begin(HttpExchange exchange, long received)
    {
        if (exchange.MinRequestBodyDataRate is not { } rate) return;
        _rate.BeginWait(exchange.Server.Clock, rate);
        exchange.Connection.DeadlineMs = _rate.DeadlineMs(rate, received);
    }

    /// <summary>The wait is over.</summary>
    /// <returns>The rate that the client has not kept; null when it was in time, or nothing was asked of it.</returns>
    internal MinDataRate? End(HttpExchange exchange)
    {
        if (!_rate.EndWait(exchange.Server.Clock)) return null;
        bool isLate = exchange.Connection.HasExpired;
        exchange.Connection.DeadlineMs = long.MaxValue;
        return isLate ? exchange.MinRequestBodyDataRate : null;
    }
}
