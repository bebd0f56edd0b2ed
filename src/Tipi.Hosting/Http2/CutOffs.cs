namespace Tipi.Hosting.Http2;

/// <summary>
/// Responses that stay without their end. The client is reset when it has what was flushed before: many drop what they
/// read together with a reset. It has it when it answers the ping behind it, or after a second.
/// <code>
/// Add ──turn ends: PING──→ waiting ──the ping's answer, or time──→ taken, for RST_STREAM
/// </code>
/// Used under the connection's gate.
/// </summary>
internal sealed class CutOffs(ConnectionTime time)
{
    /// <summary>What the first ping carries; the further ones count on from it.</summary>
    private const long First = 0x5469_7069_0000_0000;

    private const int PatienceMs = 1000;

    private readonly Queue<(int StreamId, long Ping, long SinceMs)> _waiting = [];
    private long _last = First - 1;
    private bool _isPingDue;

    internal bool IsEmpty => _waiting.Count == 0;

    /// <summary>All that a response has was written.</summary>
    internal void Add(OutgoingStream stream)
    {
        stream.Response.OnCutOff();
        _waiting.Enqueue((stream.Id, _last + 1, time.ExactMs));
        _isPingDue = true;
        time.RequestTick();
    }

    /// <summary>A turn was written, and is about to be flushed.</summary>
    internal void OnTurn(ControlFrames control)
    {
        if (!_isPingDue) return;
        _isPingDue = false;
        control.WritePing(isAck: false, ++_last);
    }

    /// <summary>True of a ping of these, and of no other one.</summary>
    internal bool IsPing(long opaque) => opaque >= First && opaque <= _last;

    /// <summary>Takes the next stream whose client has answered.</summary>
    internal bool TryTakeAnswered(long opaque, out int streamId) =>
        TryTake(_waiting.TryPeek(out var oldest) && oldest.Ping <= opaque, out streamId);

    /// <summary>Takes the next stream whose client does not answer.</summary>
    internal bool TryTakeLate(long nowMs, out int streamId) =>
        TryTake(_waiting.TryPeek(out var oldest) && nowMs - oldest.SinceMs >= PatienceMs, out streamId);

    private bool TryTake(bool isDue, out int streamId)
    {
        streamId = isDue ? _waiting.Dequeue().StreamId : 0;
        return isDue;
    }
}
