namespace Tipi.Hosting.Http2;

/// <summary>
/// Whether uploads of a connection are held up by their window: a ping goes out with an update of the window, and what
/// the application consumed until its answer is about what the path holds. When that is near to the window, the window
/// is what limits, and it doubles, up to a bound: a fast client far away needs more than one nearby.
/// <code>
/// Idle ──an upload's update──→ Probing ──answer──→ Idle, the window doubled if it was used up
/// </code>
/// Used under the connection's gate. Only what was consumed counts, so that an application that does not read never
/// makes a client send more.
/// </summary>
internal struct UploadEstimate(int window)
{
    /// <summary>What the ping carries.</summary>
    internal const long Probe = 0x5469_7069_5769_6E64;

    /// <summary>Times that the window may double: 8 MiB of a megabyte, enough for 600 Mbit/s over 100 ms.</summary>
    private const int MostDoublings = 3;

    private readonly long _largest = Math.Min((long)window << MostDoublings, int.MaxValue / 2);
    private long _consumed;
    private bool _isProbing;

    internal void OnConsumed(int bytes)
    {
        if (_isProbing) _consumed += bytes;
    }

    /// <summary>An upload goes on.</summary>
    /// <returns>True when a ping is to be sent.</returns>
    internal bool TryProbe(int current)
    {
        if (_isProbing || current >= _largest) return false;
        _isProbing = true;
        _consumed = 0;
        return true;
    }

    /// <summary>The ping came back.</summary>
    /// <returns>The window from now on.</returns>
    internal int OnAnswered(int current)
    {
        _isProbing = false;
        return _consumed >= current / 2 ? (int)Math.Min(2L * current, _largest) : current;
    }
}
