using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Http1;

/// <summary>
/// Holds a request's body to its least rate: the time that reads wait for the client, against the bytes that have come.
/// While a read waits the connection's deadline is the end of what the client is allowed.
/// </summary>
internal struct BodyRate
{
    private long _waitedMs;
    private long _waitsSinceMs;

    /// <summary>A read begins to wait.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="rate">The least rate; null: none.</param>
    /// <param name="received">Bytes of the body that have come.</param>
    internal void BeginWait(ServerConnection connection, MinDataRate? rate, long received)
    {
        if (rate is null) return;
        _waitsSinceMs = connection.Server.Clock.ExactMs;
        double allowedMs = Math.Max(received / rate.BytesPerSecond * 1000, rate.GracePeriod.TotalMilliseconds);
        connection.DeadlineMs = _waitsSinceMs + (long)allowedMs - _waitedMs;
    }

    /// <summary>The wait is over.</summary>
    /// <returns>False when it took longer than allowed.</returns>
    internal bool EndWait(ServerConnection connection, MinDataRate? rate)
    {
        if (rate is null) return true;
        _waitedMs += connection.Server.Clock.ExactMs - _waitsSinceMs;
        bool isInTime = !connection.HasExpired;
        connection.DeadlineMs = long.MaxValue;
        return isInTime;
    }
}
