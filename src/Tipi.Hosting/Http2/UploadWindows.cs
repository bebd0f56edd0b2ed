namespace Tipi.Hosting.Http2;

/// <summary>
/// What the client may send of request bodies, on the connection and on each stream. It may send again what the
/// application consumed, or what nobody will, and no more: an application that does not read holds its client up.
/// </summary>
internal sealed class UploadWindows(FrameOutput output, int size)
{
    /// <summary>What a ping carries whose answer says nothing.</summary>
    private const long Nudge = 0x5469_7069_4E75_6467;

    private ReceiveWindow _window = new(size);
    private UploadEstimate _estimate = new(size);

    /// <summary>
    /// Takes bytes of DATA from the connection's window; false when the client may not send as many. Under the gate.
    /// </summary>
    internal bool TryReceive(int bytes) => _window.TryTake(bytes);

    /// <summary>Bytes of the connection's window are free again. Under the gate.</summary>
    /// <returns>True when the client is told.</returns>
    internal bool Consume(int bytes)
    {
        int increment = _window.Consume(bytes);
        if (increment > 0) output.Control.WriteWindowUpdate(0, increment);
        return increment > 0;
    }

    /// <summary>Nobody looks at bytes of a body any more: the client may send as many again. Under the gate.</summary>
    internal void Drop(StreamUpload upload, int bytes)
    {
        Consume(bytes);
        if (!upload.IsOpen) return;
        int increment = upload.Window.Consume(bytes);
        if (increment > 0) output.Control.WriteWindowUpdate(upload.Id, increment);
    }

    /// <summary>
    /// The rest of a request came whose response is long sent: says something, for a client that only then looks
    /// whether it has its response (curl 7.88 waits for ever). Under the gate.
    /// </summary>
    internal void Settle()
    {
        int increment = _window.Settle();
        if (increment > 0) output.Control.WriteWindowUpdate(0, increment);
        else output.Control.WritePing(isAck: false, Nudge);
    }

    /// <summary>The application consumed bytes of a body: the client may send as many again.</summary>
    internal void OnConsumed(StreamUpload upload, int bytes)
    {
        bool hasUpdate;
        lock (output.Gate)
        {
            _estimate.OnConsumed(bytes);
            hasUpdate = Consume(bytes);
            if (hasUpdate && _estimate.TryProbe(_window.Size))
                output.Control.WritePing(isAck: false, UploadEstimate.Probe);
            if (upload.IsOpen)
            {
                int increment = upload.Window.Consume(bytes);
                hasUpdate |= increment > 0;
                if (increment > 0) output.Control.WriteWindowUpdate(upload.Id, increment);
            }
        }
        if (hasUpdate) output.RequestPump();
    }

    /// <summary>
    /// The ping came back that went out with an update: lets the client send more on the connection, where it was held
    /// up. Under the gate.
    /// </summary>
    /// <returns>The window that each stream may have now; 0: as before.</returns>
    internal int OnProbeAnswered()
    {
        int size = _estimate.OnAnswered(_window.Size);
        if (size == _window.Size) return 0;
        output.Control.WriteWindowUpdate(0, _window.Enlarge(size));
        return size;
    }

    /// <summary>Lets the client send more on a stream. Under the gate.</summary>
    internal void Enlarge(StreamUpload upload, int size)
    {
        if (upload.IsOpen && upload.Window.Size < size)
            output.Control.WriteWindowUpdate(upload.Id, upload.Window.Enlarge(size));
    }
}
