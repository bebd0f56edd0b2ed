namespace Tipi.Hosting.Http2;

/// <summary>
/// The bytes of all responses of one connection that were flushed and not yet sent. A client that opens many streams
/// and reads none of them would otherwise have each of them hold a full buffer: above <see cref="Plenty"/> a response
/// waits with less. Used under the connection's gate.
/// </summary>
internal sealed class UnsentBytes
{
    /// <summary>Bytes of all responses together from which on each of them gets less: 16 full buffers.</summary>
    private const long Plenty = 1024 * 1024;

    /// <summary>Bytes that a response may have unsent then: two DATA frames.</summary>
    private const int LeastUnsent = 32 * 1024;

    private long _total;

    /// <summary>True when a response should wait with no more than <see cref="LeastUnsent"/>.</summary>
    internal bool IsPlenty => _total >= Plenty;

    /// <summary>Bytes from which on a flush of one response waits.</summary>
    /// <param name="limit">Bytes that the options permit, or null for any number.</param>
    internal long Most(long? limit) => limit switch
    {
        null => long.MaxValue,
        { } most when IsPlenty => Math.Min(most, LeastUnsent),
        { } most => most,
    };

    /// <summary>Bytes to copy of a large write before the next flush.</summary>
    internal int Slice(int most) => IsPlenty ? Math.Min(most, LeastUnsent) : most;

    /// <summary>Counts bytes that were flushed, or, when negative, sent or dropped.</summary>
    internal void Count(long bytes) => _total += bytes;
}
