using System.Diagnostics.CodeAnalysis;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Streams that have DATA to send while the client takes nothing more on the whole connection, the first one first.
/// Used under the connection's gate.
/// </summary>
internal struct StarvedStreams
{
    private Http2Stream? _oldest;
    private Http2Stream? _newest;

    internal readonly bool IsEmpty => _oldest is null;

    internal void Add(Http2Stream stream)
    {
        stream.Place = StreamPlace.Starved;
        stream.NextReady = null;
        if (_newest is not null) _newest.NextReady = stream;
        else _oldest = stream;
        _newest = stream;
    }

    internal bool TryTake([NotNullWhen(true)] out Http2Stream? stream)
    {
        stream = _oldest;
        if (stream is null) return false;
        Remove(stream);
        return true;
    }

    internal void Remove(Http2Stream stream)
    {
        Http2Stream? before = null;
        for (Http2Stream? other = _oldest; other != stream; other = other!.NextReady) before = other;
        if (before is null) _oldest = stream.NextReady;
        else before.NextReady = stream.NextReady;
        if (_newest == stream) _newest = before;
        stream.NextReady = null;
        stream.Place = StreamPlace.None;
    }
}
