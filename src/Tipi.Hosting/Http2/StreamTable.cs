using System.Diagnostics.CodeAnalysis;
using Tipi.Hosting.Connections;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// The streams of one connection: those in use, and what is known of those that were. Used under the connection's gate.
/// </summary>
internal sealed class StreamTable(ServerConnection owner)
{
    /// <summary>
    /// Streams that we reset, whose frames may still be under way: more than a client may have at once by default.
    /// </summary>
    private const int LeastResets = 256;

    /// <summary>The same where a client may have many at once: 128 KiB of one that has made us reset as many.</summary>
    private const int MostResets = 32 * 1024;

    /// <summary>So many streams may be in use, those that are closed among them, however few may be open.</summary>
    private const int LeastInUse = 100;

    /// <summary>Streams that the client may have at once.</summary>
    private readonly int _mostOpen = owner.Limits.Http2.MaxStreamsPerConnection;

    private readonly Dictionary<int, Http2Stream> _streams = [];
    private TaskCompletionSource? _emptied;
    private int[]? _resets;
    private int _resetCount;

    /// <summary>Those that serve no request and will serve further ones.</summary>
    internal SpareStreams Spares { get; } = new(owner);

    /// <summary>Streams whose request is being served, or whose response is being sent.</summary>
    internal int Count => _streams.Count;

    /// <summary>The latest stream that the client opened.</summary>
    internal int LastId { get; private set; }

    internal Dictionary<int, Http2Stream>.ValueCollection All => _streams.Values;

    /// <summary>True when a stream waits for its client, which only so much time is given to.</summary>
    internal bool NeedTime
    {
        get
        {
            foreach (Http2Stream stream in _streams.Values)
            {
                if (stream.Body.IsTimed || stream.Outgoing.Response.Unsent > 0 || stream.Rest.IsAwaited) return true;
            }
            return false;
        }
    }

    internal bool TryFind(int id, [NotNullWhen(true)] out Http2Stream? stream) =>
        _streams.TryGetValue(id, out stream);

    internal void Open(int id) => LastId = id;

    internal void Add(Http2Stream stream) => _streams.Add(stream.Id, stream);

    internal void Remove(Http2Stream stream)
    {
        _streams.Remove(stream.Id);
        if (_streams.Count == 0) _emptied?.TrySetResult();
    }

    /// <summary>Completes when no stream is left.</summary>
    internal Task WhenEmpty()
    {
        if (_streams.Count == 0) return Task.CompletedTask;
        _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _emptied.Task;
    }

    /// <summary>We have reset the stream: what comes for it was sent before the client knew.</summary>
    internal void NoteReset(int id)
    {
        _resets ??= new int[LeastResets];
        // All that are open may be reset before the client hears of the first.
        bool keepsMore = _resets.Length < Math.Min(_mostOpen, MostResets);
        if (_resetCount == _resets.Length && keepsMore) Array.Resize(ref _resets, 2 * _resetCount);
        _resets[_resetCount++ % _resets.Length] = id;
    }

    /// <summary>
    /// True when a further stream would be one too many. The client counts those that are not closed (RFC 9113
    /// §5.1.2): having seen an END_STREAM it opens the next, and the application that wrote it may still be on its way
    /// back. Streams whose handlers go on after the end, or after a reset, may be in use for as many again.
    /// </summary>
    internal bool IsFull()
    {
        if (_streams.Count < _mostOpen) return false;
        if (_streams.Count >= Math.Max(2L * _mostOpen, LeastInUse)) return true;
        int open = 0;
        foreach (Http2Stream stream in _streams.Values)
        {
            if (!stream.IsClosed) open++;
        }
        return open >= _mostOpen;
    }

    /// <summary>The state of a stream, whether it is in use or not.</summary>
    internal Http2StreamState StateOf(int id)
    {
        if (_streams.TryGetValue(id, out Http2Stream? stream)) return stream.State;
        if (id > LastId) return Http2StreamState.Idle;
        return _resets is not null && Array.IndexOf(_resets, id) >= 0
            ? Http2StreamState.Reset
            : Http2StreamState.Closed;
    }
}
