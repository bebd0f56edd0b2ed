using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// What the client may send of request bodies, on the connection and on each stream. It may send again what the
/// application consumed, or what nobody will, and no more: an application that does not read holds its client up.
/// </summary>
internal sealed class UploadWindows(Http2Connection connection, int size)
{
    /// <summary>What a ping carries whose answer says nothing.</summary>
    private const long Nudge = 0x5469_7069_4E75_6467;

    private ReceiveWindow _window = new(size);
    private UploadEstimate _estimate = new(size);

    private FrameOutput Output => connection.Output;

    /// <summary>
    /// Takes bytes of DATA from the connection's window; false when the client may not send as many. Under the gate.
    /// </summary>
    internal bool TryReceive(int bytes) => _window.TryTake(bytes);

    /// <summary>Bytes of the connection's window are free again. Under the gate.</summary>
    /// <returns>True when the client is told.</returns>
    internal bool Consume(int bytes)
    {
        int increment = _window.Consume(bytes);
        if (increment > 0) Output.Control.WriteWindowUpdate(0, increment);
        return increment > 0;
    }

    /// <summary>Nobody looks at bytes of a body any more: the client may send as many again. Under the gate.</summary>
    internal void Drop(Http2Stream stream, int bytes)
    {
        Consume(bytes);
        if (!MaySend(stream)) return;
        int increment = stream.Receiving.Consume(bytes);
        if (increment > 0) Output.Control.WriteWindowUpdate(stream.Id, increment);
    }

    /// <summary>
    /// The rest of a request came whose response is long sent: says something, for a client that only then looks
    /// whether it has its response (curl 7.88 waits for ever). Under the gate.
    /// </summary>
    internal void Settle()
    {
        int increment = _window.Settle();
        if (increment > 0) Output.Control.WriteWindowUpdate(0, increment);
        else Output.Control.WritePing(isAck: false, Nudge);
    }

    /// <summary>The application consumed bytes of a body: the client may send as many again.</summary>
    internal void OnConsumed(Http2Stream stream, int bytes)
    {
        bool hasUpdate;
        lock (Output.Gate)
        {
            _estimate.OnConsumed(bytes);
            hasUpdate = Consume(bytes);
            if (hasUpdate && _estimate.TryProbe(_window.Size))
                Output.Control.WritePing(isAck: false, UploadEstimate.Probe);
            if (MaySend(stream))
            {
                int increment = stream.Receiving.Consume(bytes);
                hasUpdate |= increment > 0;
                if (increment > 0) Output.Control.WriteWindowUpdate(stream.Id, increment);
            }
        }
        if (hasUpdate) Output.RequestPump();
    }

    /// <summary>
    /// The ping came back that went out with an update: lets the client send more, where it was held up.
    /// </summary>
    internal void OnProbeAnswered()
    {
        lock (Output.Gate)
        {
            int size = _estimate.OnAnswered(_window.Size);
            if (size == _window.Size) return;
            Output.Control.WriteWindowUpdate(0, _window.Enlarge(size));
            foreach (Http2Stream stream in connection.Streams.All)
            {
                if (MaySend(stream) && stream.Receiving.Size < size)
                    Output.Control.WriteWindowUpdate(stream.Id, stream.Receiving.Enlarge(size));
            }
        }
    }

    private static bool MaySend(Http2Stream stream) =>
        stream.State is Http2StreamState.Open or Http2StreamState.HalfClosedLocal;
}
