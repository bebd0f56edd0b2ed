using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Pings a client from which nothing has come for a while, where the limits say so, and tells when it does not answer.
/// </summary>
internal struct KeepAlivePing(Http2Limits limits, long nowMs)
{
    /// <summary>What the ping behind a first GOAWAY carries.</summary>
    internal const long Farewell = 0x5469_7069_4279_6521;

    private const long Never = long.MaxValue;

    private readonly long _delayMs = limits.KeepAlivePingDelay == TimeSpan.MaxValue
        ? Never
        : (long)limits.KeepAlivePingDelay.TotalMilliseconds;

    private readonly long _timeoutMs = limits.KeepAlivePingTimeout == TimeSpan.MaxValue
        ? Never
        : (long)limits.KeepAlivePingTimeout.TotalMilliseconds;

    private long _aliveMs = nowMs;
    private long _sentMs;
    private long _number;

    /// <summary>When the next ping, or the end of the wait for its answer, is due; MaxValue: never.</summary>
    internal readonly long DueMs
    {
        get
        {
            if (_delayMs == Never) return Never;
            if (_sentMs == 0) return _aliveMs + _delayMs;
            return _timeoutMs == Never ? Never : _sentMs + _timeoutMs;
        }
    }

    /// <summary>Anything came: the client is there.</summary>
    internal void OnAlive(long nowMs) => _aliveMs = nowMs;

    internal void OnAnswered() => _sentMs = 0;

    internal readonly bool IsDue(long nowMs) => _sentMs == 0 && nowMs > DueMs;

    internal readonly bool IsUnanswered(long nowMs) => _sentMs != 0 && nowMs > DueMs;

    /// <summary>A ping goes out.</summary>
    /// <returns>What it carries.</returns>
    internal long Send(long nowMs)
    {
        _sentMs = nowMs;
        return ++_number;
    }
}
