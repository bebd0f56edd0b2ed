using System.Diagnostics.CodeAnalysis;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Streams that have something to send and may, in the order in which they get their turn (RFC 9218 §10): the most
/// urgent first; among equals, those that are incremental or said nothing take turns frame by frame, and those that are
/// not are served one after the other.
/// </summary>
/// <remarks>
/// Invariant: a stream is in at most one list, its <c>NextReady</c> is that list's link. Used under the connection's
/// gate.
/// </remarks>
internal struct ReadyQueue
{
    private Levels _levels;
    private byte _taken;

    internal readonly bool IsEmpty => _taken == 0;

    /// <summary>Adds a stream behind those of its urgency.</summary>
    internal void Add(Http2Stream stream)
    {
        ref Level level = ref _levels[stream.Priority.Urgency];
        stream.Place = StreamPlace.Ready;
        stream.NextReady = null;
        if (level.Newest is { } newest) newest.NextReady = stream;
        else level.Oldest = stream;
        level.Newest = stream;
        _taken |= (byte)(1 << stream.Priority.Urgency);
    }

    /// <summary>Puts a stream back that was just taken and was not done.</summary>
    internal void PutBack(Http2Stream stream)
    {
        if (stream.Priority is { IsSignaled: false } or { IsIncremental: true })
        {
            Add(stream);
            return;
        }
        ref Level level = ref _levels[stream.Priority.Urgency];
        stream.Place = StreamPlace.Ready;
        stream.NextReady = level.Oldest;
        level.Oldest = stream;
        level.Newest ??= stream;
        _taken |= (byte)(1 << stream.Priority.Urgency);
    }

    internal bool TryTake([NotNullWhen(true)] out Http2Stream? stream)
    {
        stream = null;
        if (_taken == 0) return false;
        int urgency = System.Numerics.BitOperations.TrailingZeroCount(_taken);
        ref Level level = ref _levels[urgency];
        stream = level.Oldest!;
        level.Oldest = stream.NextReady;
        stream.NextReady = null;
        if (level.Oldest is null)
        {
            level.Newest = null;
            _taken &= (byte)~(1 << urgency);
        }
        return true;
    }

    /// <summary>Takes a stream out, wherever it stands. It is in the queue.</summary>
    internal void Remove(Http2Stream stream)
    {
        int urgency = stream.Priority.Urgency;
        ref Level level = ref _levels[urgency];
        Http2Stream? before = null;
        for (Http2Stream? other = level.Oldest; other != stream; other = other!.NextReady) before = other;
        if (before is null) level.Oldest = stream.NextReady;
        else before.NextReady = stream.NextReady;
        if (level.Newest == stream) level.Newest = before;
        stream.NextReady = null;
        if (level.Oldest is null) _taken &= (byte)~(1 << urgency);
    }

    private struct Level
    {
        internal Http2Stream? Oldest;
        internal Http2Stream? Newest;
    }

    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Levels
    {
        private Level _first;
    }
}
