using System.Diagnostics.CodeAnalysis;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Streams that have something to send and may, in the order in which they get their turn (RFC 9218 §10): the most
/// urgent first; among equals, those that are incremental or said nothing take turns frame by frame, and those that are
/// not are served one after the other. One turn of some belongs to those that would have to wait, one after the other:
/// what is urgent may never end.
/// </summary>
/// <remarks>
/// Invariant: a stream is in at most one list, its <c>NextReady</c> is that list's link. Used under the connection's
/// gate.
/// </remarks>
internal struct ReadyQueue
{
    /// <summary>
    /// Turns in a row, one of which is for those behind: little enough for the files of a page to come in their order.
    /// </summary>
    private const int TurnsOfShare = 32;

    private Levels _levels;
    private OutgoingStream? _shared;
    private int _turns;
    private int _lastShared;
    private byte _taken;

    internal readonly bool IsEmpty => _taken == 0;

    /// <summary>Adds a stream behind those of its urgency.</summary>
    internal void Add(OutgoingStream stream)
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
    internal void PutBack(OutgoingStream stream)
    {
        // Who had its turn before its time stands behind the others that wait.
        if (stream == _shared || stream.Priority is { IsSignaled: false } or { IsIncremental: true })
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

    internal bool TryTake([NotNullWhen(true)] out OutgoingStream? stream)
    {
        stream = _shared = null;
        if (_taken == 0) return false;
        int urgency = System.Numerics.BitOperations.TrailingZeroCount(_taken);
        if (++_turns % TurnsOfShare == 0 && TryShare(urgency, out stream)) return true;
        ref Level level = ref _levels[urgency];
        stream = level.Oldest!;
        level.Oldest = stream.NextReady;
        stream.NextReady = null;
        if (level.Oldest is null)
        {
            level.Newest = null;
            _taken &= (byte)~(1 << urgency);
        }
        if (_taken == 0) _turns = 0;
        return true;
    }

    /// <summary>Takes one that is behind another, of each urgency in turn.</summary>
    private bool TryShare(int first, [NotNullWhen(true)] out OutgoingStream? stream)
    {
        for (int i = 1; i <= Levels.Count; i++)
        {
            int urgency = (_lastShared + i) % Levels.Count;
            OutgoingStream? oldest = _levels[urgency].Oldest;
            stream = urgency == first ? oldest!.NextReady : oldest;
            if (stream is null) continue;
            Remove(stream);
            stream.NextReady = null;
            _lastShared = urgency;
            _shared = stream;
            return true;
        }
        stream = null;
        return false;
    }

    /// <summary>Takes a stream out, wherever it stands. It is in the queue.</summary>
    internal void Remove(OutgoingStream stream)
    {
        int urgency = stream.Priority.Urgency;
        ref Level level = ref _levels[urgency];
        OutgoingStream? before = null;
        for (OutgoingStream? other = level.Oldest; other != stream; other = other!.NextReady) before = other;
        if (before is null) level.Oldest = stream.NextReady;
        else before.NextReady = stream.NextReady;
        if (level.Newest == stream) level.Newest = before;
        stream.NextReady = null;
        if (level.Oldest is null) _taken &= (byte)~(1 << urgency);
    }

    private struct Level
    {
        internal OutgoingStream? Oldest;
        internal OutgoingStream? Newest;
    }

    [System.Runtime.CompilerServices.InlineArray(Count)]
    private struct Levels
    {
        internal const int Count = 8;

        private Level _first;
    }
}
