using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Http2;

/// <summary>
/// What a client has begun and owes the rest of: its preface and first SETTINGS, or a field block. It has as long for
/// that as for a head. Changed by the connection's loop only.
/// </summary>
internal sealed class OwedFrames(ServerConnection owner, ConnectionTime time, OpenBlock block)
{
    private long _sinceMs = owner.Server.Clock.NowMs;
    private bool _hasHeard;

    /// <summary>The client has begun properly.</summary>
    internal bool HasSettings { get; set; }

    /// <summary>True when the client has begun properly and no field block is open.</summary>
    internal bool IsReady => HasSettings && block.StreamId == 0;

    /// <summary>True while the client has said nothing at all: it is idle, and not late with anything.</summary>
    internal bool IsSilent => !_hasHeard;

    /// <summary>True when what must follow takes longer than a head may take.</summary>
    internal bool IsLate
    {
        get
        {
            TimeSpan most = owner.Limits.RequestHeadersTimeout;
            return _hasHeard && !IsReady && most != TimeSpan.MaxValue
                && owner.Server.Clock.NowMs - _sinceMs > most.TotalMilliseconds + ServerClock.MostAgeMs;
        }
    }

    /// <summary>Something has to follow soon.</summary>
    internal void BeginWait()
    {
        _sinceMs = owner.Server.Clock.NowMs;
        time.RequestTick();
    }

    /// <summary>Bytes came.</summary>
    internal void OnHeard()
    {
        if (!_hasHeard) BeginWait();
        _hasHeard = true;
    }

    /// <summary>What the client said came another way.</summary>
    internal void OnCarried() => _hasHeard = true;
}
