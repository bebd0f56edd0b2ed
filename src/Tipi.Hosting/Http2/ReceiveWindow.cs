using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// What the peer may still send, and what it is to be granted again: bytes come back when they were consumed, half a
/// window at a time, so that an upload costs two updates a window and never stops for one.
/// </summary>
/// <remarks>Used under the connection's gate.</remarks>
internal struct ReceiveWindow(int size)
{
    private FlowWindow _granted = new(size);
    private int _consumed;

    /// <summary>Bytes of the whole window.</summary>
    internal int Size { get; private set; } = size;

    /// <summary>Takes received bytes; false when the peer sent more than it may.</summary>
    internal bool TryTake(int bytes) => _granted.TryTake(bytes);

    /// <summary>Notes consumed bytes.</summary>
    /// <returns>The update to send; 0: none yet.</returns>
    internal int Consume(int bytes)
    {
        _consumed += bytes;
        if (_consumed < Size / 2 || _consumed == 0) return 0;
        int increment = _consumed;
        _consumed = 0;
        _granted.TryGrow(increment);
        return increment;
    }

    /// <summary>Grants what was consumed, be it little.</summary>
    /// <returns>The update to send; 0: none.</returns>
    internal int Settle()
    {
        int increment = _consumed;
        _consumed = 0;
        _granted.TryGrow(increment);
        return increment;
    }

    /// <summary>Makes the window larger.</summary>
    /// <returns>The update to send.</returns>
    internal int Enlarge(int size)
    {
        int increment = size - Size + _consumed;
        _consumed = 0;
        Size = size;
        _granted.TryGrow(increment);
        return increment;
    }
}
