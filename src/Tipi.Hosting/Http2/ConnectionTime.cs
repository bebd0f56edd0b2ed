using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Http2;

/// <summary>The time as the parts of one connection see it, and when the connection's loop looks at it.</summary>
internal sealed class ConnectionTime(ServerConnection owner, Lock gate)
{
    /// <summary>Exactly: a second that the clock is old would be missing from a grace period.</summary>
    internal long ExactMs => owner.Server.Clock.ExactMs;

    /// <summary>
    /// Has the loop look at the time, within a second. Under the gate, so that nobody who has just found no reason for
    /// it sets the deadline afterwards.
    /// </summary>
    internal void RequestTick()
    {
        lock (gate) owner.DeadlineMs = owner.Server.Clock.NowMs;
    }
}
