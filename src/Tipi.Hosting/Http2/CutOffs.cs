namespace Tipi.Hosting.Http2;

/// <summary>
/// Responses that stay without their end. The client is reset when it has what was flushed before: many drop what they
/// read together with a reset. It has it when it answers the ping behind it, or after a second.
/// <code>
/// Add ──turn ends: PING──→ waiting ──the ping's answer, or time──→ RST_STREAM
/// </code>
/// Used under the connection's gate.
/// </summary>
internal sealed class CutOffs(Http2Connection connection)
{
    /// <summary>What the first ping carries; the further ones count on from it.</summary>
    private const long First = 0x5469_7069_0000_0000;

    private const int PatienceMs = 1000;

    private readonly Queue<(Http2Stream Stream, long Ping, long SinceMs)> _waiting = [];
    private long _last = First - 1;
    private bool _isPingDue;

    internal bool IsEmpty => _waiting.Count == 0;

    /// <summary>All that a response has was written.</summary>
    internal void Add(Http2Stream stream)
    {
        stream.Response.OnCutOff();
        _waiting.Enqueue((stream, _last + 1, connection.ExactMs));
        _isPingDue = true;
        connection.RequestTick();
    }

    /// <summary>A turn was written, and is about to be flushed.</summary>
    internal void OnTurn(FrameOutput output)
    {
        if (!_isPingDue) return;
        _isPingDue = false;
        output.Control.WritePing(isAck: false, ++_last);
    }

    /// <summary>A ping was answered.</summary>
    /// <returns>False when it was another one's.</returns>
    internal bool TryTakeAnswer(long opaque)
    {
        if (opaque < First || opaque > _last) return false;
        while (_waiting.TryPeek(out var oldest) && oldest.Ping <= opaque) EndOldest();
        return true;
    }

    /// <summary>Ends those whose client does not answer.</summary>
    internal void EndLate(long nowMs)
    {
        while (_waiting.TryPeek(out var oldest) && nowMs - oldest.SinceMs >= PatienceMs) EndOldest();
    }

    private void EndOldest() => connection.Endings.CutOff(_waiting.Dequeue().Stream);
}
