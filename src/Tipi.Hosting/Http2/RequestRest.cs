namespace Tipi.Hosting.Http2;

/// <summary>
/// What a client still sends of a request whose response is whole. It is told that nobody wants it when it pauses, or
/// goes on for too long: many clients lose a response that a reset follows at once. Used under the connection's gate.
/// </summary>
internal struct RequestRest
{
    /// <summary>Who has sent nothing for so long has seen the response, and may wait for the stream's end.</summary>
    private const int SilenceMs = 300;

    private long _endMs;
    private long _lastMs;
    private long _received;

    /// <summary>True while it is waited for.</summary>
    internal readonly bool IsAwaited => _endMs != 0;

    /// <summary>Content came that nobody reads.</summary>
    internal void OnReceived(int bytes, long nowMs) => (_received, _lastMs) = (_received + bytes, nowMs);

    /// <summary>Begins to wait, or looks whether that was long enough.</summary>
    /// <returns>False when the client is to be told.</returns>
    internal bool TryGoOn(TipiServerLimits limits, long nowMs)
    {
        if (_endMs == 0)
        {
            TimeSpan most = limits.RequestDrainTimeout;
            _endMs = most == TimeSpan.MaxValue ? long.MaxValue : nowMs + Math.Max((long)most.TotalMilliseconds, 1);
            _lastMs = nowMs;
        }
        bool isInTime = nowMs < _endMs && nowMs - _lastMs < SilenceMs;
        return isInTime && (limits.MaxRequestDrainSize is not { } size || (size > 0 && _received <= size));
    }
}
