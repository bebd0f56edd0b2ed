using System.Diagnostics.CodeAnalysis;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Streams that have DATA to send while the client takes nothing more on the whole connection, the first one first.
/// Used under the connection's gate.
/// </summary>
internal struct StarvedStreams
{
    private OutgoingStream? _oldest;
    private OutgoingStream? _newest;

    internal readonly bool IsEmpty => _oldest is null;

    internal void Add(OutgoingStream stream)
    {
        stream.Place = StreamPlace.Starved;
        stream.NextReady = null;
        if (_newest is not null) _newest.NextReady = stream;
        else _oldest = stream;
        _newest = stream;
    }

    internal bool TryTake([NotNullWhen(true)] out OutgoingStream? stream)
    {
        stream = _oldest;
        if (stream is null) return false;
        Remove(stream);
        return true;
    }

    internal void Remove(OutgoingStream stream)
    {
        OutgoingStream? before = null;
        for (OutgoingStream? other = _oldest; other != stream; other = other!.NextReady) before = other;
        if (before is null) _oldest = stream.NextReady;
        else before.NextReady = stream.NextReady;
        if (_newest == stream) _newest = before;
        stream.NextReady = null;
        stream.Place = StreamPlace.None;
    }
}
