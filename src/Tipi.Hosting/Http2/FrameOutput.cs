using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http2;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Http2;

/// <summary>
/// All that a connection sends, from any thread, gathered into few sends.
/// <code>
/// frames of the connection ──→ pipe, or staged while a flush waits ─┐
/// streams with something ──→ ready queue ──pump──→ HEADERS, DATA ───┴──→ one flush at a time
/// starved: no connection window ↑ WINDOW_UPDATE
/// </code>
/// Invariant: everything changes under <see cref="Gate"/>, which is never held while the application runs nor during a
/// flush. At most one flush is under way; meanwhile no DATA is written, so that what is unsent stays bounded.
/// </summary>
internal sealed class FrameOutput
{
    /// <summary>Bytes of answers kept for a peer that asks and does not listen: some thousand answers.</summary>
    private const int MostStagedBytes = 64 * 1024;

    /// <summary>Bytes of DATA written for one flush: the transport's own limit, after which a flush waits.</summary>
    private const int MostBytesPerFlush = 64 * 1024;

    /// <summary>Bytes of one DATA frame at most, whatever the peer permits: others get their turn after it.</summary>
    private const int LargestData = 16 * 1024;

    /// <summary>Bytes of DATA below which the peer earns nothing: updates of single bytes want work done.</summary>
    private const int LeastCredited = 512;

    private static readonly Action<object?> s_pump = static self => ((FrameOutput)self!).Pump();

    private readonly ServerConnection _owner;
    private readonly Http2Connection _connection;
    private readonly PipeWriter _pipe;
    private readonly IRingAffinityFeature? _affinity;
    private readonly FieldBlocks _blocks;
    private readonly Action _onFlushed;
    private ReadyQueue _ready;
    private StarvedStreams _starved;
    private FlowWindow _window = new(Http2Settings.InitialWindow);
    private int _peerMaxFrameSize = Http2Settings.SmallestMaxFrameSize;
    private ValueTask<FlushResult> _flush;
    private StagedFrames _staged = new();
    private int _unflushed;
    private bool _hasUnflushed;
    private bool _isPumpPosted;
    private bool _isFlushing;
    private bool _isClosed;
    private TaskCompletionSource? _quiet;

    internal FrameOutput(ServerConnection owner, Http2Connection connection)
    {
        _owner = owner;
        _connection = connection;
        _pipe = owner.Transport.Transport.Output;
        _affinity = owner.Affinity;
        _blocks = new FieldBlocks(owner.Server);
        _onFlushed = OnFlushed;
    }

    internal Lock Gate { get; } = new();

    /// <summary>The first window of a further stream, as the peer has set it.</summary>
    internal int InitialWindow { get; private set; } = Http2Settings.InitialWindow;

    /// <summary>DATA frames sent that are not tiny: each may be answered by updates of two windows.</summary>
    internal long CreditedFrames { get; private set; }

    /// <summary>True when nothing is under way, or nothing can be.</summary>
    private bool IsQuiet => !_isFlushing && (_isClosed || !(_isPumpPosted || _hasUnflushed));

    // ---- frames of the connection; flushed by RequestPump ----

    internal void WriteSettings(Http2Settings settings)
    {
        lock (Gate) Advance(Http2FrameWriter.WriteSettings(GetSpan(Http2FrameWriter.MaxSettingsSize), settings));
    }

    internal void WriteSettingsAck()
    {
        lock (Gate) Advance(Http2FrameWriter.WriteSettingsAck(GetSpan(Http2FrameWriter.SettingsAckSize)));
    }

    internal void WritePing(bool isAck, long opaque)
    {
        lock (Gate) Advance(Http2FrameWriter.WritePing(GetSpan(Http2FrameWriter.PingSize), isAck, opaque));
    }

    internal void WriteWindowUpdate(int streamId, int increment)
    {
        lock (Gate)
        {
            Span<byte> space = GetSpan(Http2FrameWriter.WindowUpdateSize);
            Advance(Http2FrameWriter.WriteWindowUpdate(space, streamId, increment));
        }
    }

    internal void WriteReset(int streamId, Http2ErrorCode code)
    {
        lock (Gate)
            Advance(Http2FrameWriter.WriteRstStream(GetSpan(Http2FrameWriter.RstStreamSize), streamId, code));
    }

    internal void WriteGoAway(int lastStreamId, Http2ErrorCode code, ReadOnlySpan<byte> debug)
    {
        lock (Gate)
        {
            Span<byte> space = GetSpan(Http2FrameWriter.GoAwaySize + debug.Length);
            Advance(Http2FrameWriter.WriteGoAway(space, lastStreamId, code, debug));
        }
    }

    /// <summary>Bytes that are no frame, for who does not speak HTTP/2.</summary>
    internal void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        lock (Gate)
        {
            bytes.CopyTo(GetSpan(bytes.Length));
            Advance(bytes.Length);
        }
    }

    /// <summary>A whole head without an application.</summary>
    internal void WriteRefusal(int streamId, int statusCode)
    {
        lock (Gate) WriteBlock(streamId, _blocks.EncodeRefusal(statusCode), endStream: true);
    }

    internal void SendInformational(Http2Stream stream, int statusCode, HeaderTable fields)
    {
        lock (Gate)
        {
            if (stream.IsGone || stream.Response.IsHeadSent) return;
            WriteBlock(stream.Id, _blocks.EncodeInformational(statusCode, fields), endStream: false);
        }
        RequestPump();
    }

    // ---- what the peer permits ----

    /// <summary>Takes over the peer's settings.</summary>
    /// <returns>False when a window of a stream grew too large by them.</returns>
    internal bool Apply(Http2Settings settings)
    {
        lock (Gate)
        {
            _peerMaxFrameSize = settings.MaxFrameSize;
            _blocks.LimitTableSize(settings.LowestHeaderTableSize);
            if (settings.HeaderTableSize != settings.LowestHeaderTableSize)
                _blocks.LimitTableSize(settings.HeaderTableSize);
            int difference = settings.InitialWindowSize - InitialWindow;
            InitialWindow = settings.InitialWindowSize;
            return difference == 0 || _connection.AdjustWindows(difference);
        }
    }

    /// <summary>Sends so much less than the peer takes, until it is granted anew. Under the gate.</summary>
    internal void HoldBack(int bytes) => _window.TryTake(bytes);

    /// <summary>The peer takes more, on all streams together.</summary>
    /// <returns>False when the window grew too large.</returns>
    internal bool TryGrow(int increment)
    {
        lock (Gate)
        {
            if (!_window.TryGrow(increment)) return false;
            while (_starved.TryTake(out Http2Stream? stream)) _ready.Add(stream);
            return true;
        }
    }

    /// <summary>
    /// The stream has something that may have to be sent. What is small enough is written at once where nobody else
    /// waits; it is sent by the next flush. Under the gate.
    /// </summary>
    internal void Offer(Http2Stream stream)
    {
        Enqueue(stream);
        while (!_isFlushing && !_isClosed && _unflushed < MostBytesPerFlush && _ready.TryTake(out Http2Stream? next))
        {
            next.Place = StreamPlace.None;
            _unflushed += WriteFrom(next);
        }
    }

    /// <summary>The stream may send again; the pump sees to the order. Under the gate.</summary>
    internal void Enqueue(Http2Stream stream)
    {
        if (stream.Place == StreamPlace.None) _ready.Add(stream);
    }

    /// <summary>The stream sends nothing any more. Under the gate.</summary>
    internal void Remove(Http2Stream stream)
    {
        if (stream.Place == StreamPlace.Ready) _ready.Remove(stream);
        else if (stream.Place == StreamPlace.Starved) _starved.Remove(stream);
        stream.Place = StreamPlace.None;
    }

    /// <summary>Another priority. Under the gate.</summary>
    internal void Reprioritize(Http2Stream stream, Http2Priority priority)
    {
        bool isReady = stream.Place == StreamPlace.Ready;
        if (isReady) _ready.Remove(stream);
        stream.Priority = priority;
        if (isReady) _ready.Add(stream);
    }

    /// <summary>Has what was written sent soon, together with what others write meanwhile.</summary>
    internal void RequestPump()
    {
        lock (Gate)
        {
            if (_isPumpPosted || _isFlushing || _isClosed || (!_hasUnflushed && _ready.IsEmpty)) return;
            // On the ring the pump runs behind what is queued there. Elsewhere waking the ring pays where other
            // streams are likely to answer at the same time.
            _isPumpPosted = _affinity is not null && (_connection.Streams.Count > 1 || _affinity.IsOnRing);
        }
        if (_isPumpPosted) _affinity!.Post(s_pump, this);
        else Pump();
    }

    /// <summary>Sends what was written, unless closed, and waits until nobody else uses the pipe.</summary>
    internal Task FlushLastAsync()
    {
        RequestPump();
        lock (Gate)
        {
            if (IsQuiet) return Task.CompletedTask;
            _quiet ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _quiet.Task;
        }
    }

    /// <summary>Nothing is sent any more.</summary>
    internal void Close()
    {
        lock (Gate)
        {
            _isClosed = true;
            if (!_isFlushing) _quiet?.TrySetResult();
            _staged.Drop();
        }
    }

    private void Pump()
    {
        while (true)
        {
            lock (Gate)
            {
                _isPumpPosted = false;
                if (_isFlushing || _isClosed) return;
                WriteReady();
                if (IsQuiet) _quiet?.TrySetResult();
                if (!_hasUnflushed) return;
                _isFlushing = true;
                _hasUnflushed = false;
            }
#pragma warning disable CA2012 // It is kept for EndFlush, which consumes it once.
            _flush = FlushPipe();
#pragma warning restore CA2012
            ValueTaskAwaiter<FlushResult> flush = _flush.GetAwaiter();
            if (!flush.IsCompleted)
            {
                flush.UnsafeOnCompleted(_onFlushed);
                return;
            }
            if (!EndFlush()) return;
        }
    }

    private ValueTask<FlushResult> FlushPipe()
    {
        try
        {
            return ResponseRate.FlushAsync(_owner, _pipe, _owner.Limits.MinResponseDataRate, CancellationToken.None);
        }
        catch (Exception error)
        {
            return ValueTask.FromException<FlushResult>(error);
        }
    }

    private void OnFlushed()
    {
        if (EndFlush()) RequestPump();
    }

    /// <returns>True when there is more to send.</returns>
    private bool EndFlush()
    {
        bool isLost;
        ValueTask<FlushResult> flush = _flush;
        _flush = default;
        try
        {
            isLost = flush.GetAwaiter().GetResult().IsCompleted;
        }
        catch (Exception)
        {
            // Of any kind: sockets have SocketException for what is rare, a middleware's pipe has its own.
            isLost = true;
        }
        lock (Gate)
        {
            _isFlushing = false;
            if (!isLost && !_isClosed)
            {
                Unstage();
                if (IsQuiet && _ready.IsEmpty) _quiet?.TrySetResult();
                return _hasUnflushed || !_ready.IsEmpty;
            }
            _quiet?.TrySetResult();
        }
        if (isLost) _connection.OnOutputLost();
        return false;
    }

    private void WriteReady()
    {
        while (_unflushed < MostBytesPerFlush && _ready.TryTake(out Http2Stream? stream))
        {
            stream.Place = StreamPlace.None;
            _unflushed += WriteFrom(stream);
        }
        _unflushed = 0;
    }

    /// <summary>Writes one turn of a stream: its head, or a frame of its body, or its end.</summary>
    /// <returns>Bytes, about.</returns>
    private int WriteFrom(Http2Stream stream)
    {
        Http2Response response = stream.Response;
        int written = 0;
        if (response.IsHeadDue)
        {
            bool isEnd = response is { IsEnded: true, Unsent: 0, HasTrailers: false };
            written = WriteBlock(stream.Id, _blocks.EncodeHead(stream.Exchange, response.HeadEnds), isEnd);
            response.OnHeadSent();
            if (isEnd) stream.OnEndSent();
            if (isEnd) return written;
        }
        if (response.Unsent > 0) return written + WriteData(stream, response);
        return response.IsEnded ? written + WriteEnd(stream, response) : written;
    }

    private int WriteData(Http2Stream stream, Http2Response response)
    {
        int most = Math.Min(Math.Min(LargestData, _peerMaxFrameSize), stream.Window.Available);
        if (most <= 0)
        {
            // An update of its window brings it back.
            _connection.OnBlocked(stream);
            return 0;
        }
        most = Math.Min(most, _window.Available);
        if (most <= 0)
        {
            _starved.Add(stream);
            _connection.OnBlocked(stream);
            return 0;
        }
        int length = (int)Math.Min(response.Unsent, most);
        bool isEnd = response is { IsEnded: true, HasTrailers: false } && length == response.Unsent;
        Advance(Http2FrameWriter.WriteDataHeader(GetSpan(Http2FrameHeader.Size), stream.Id, length, isEnd));
        for (int left = length; left > 0;)
        {
            Span<byte> space = _pipe.GetSpan();
            int taken = response.Take(space[..Math.Min(space.Length, left)]);
            Advance(taken);
            left -= taken;
        }
        stream.TakeWindow(length);
        _window.TryTake(length);
        if (length >= LeastCredited || isEnd) CreditedFrames++;
        response.OnProgress();
        if (isEnd) stream.OnEndSent();
        else if (response.Unsent > 0 || response.IsEnded) _ready.PutBack(stream);
        return Http2FrameHeader.Size + length;
    }

    private int WriteEnd(Http2Stream stream, Http2Response response)
    {
        int written = Http2FrameHeader.Size;
        if (response.HasTrailers)
        {
            HeaderTable trailers = stream.Exchange.ResponseTrailers.Take();
            written = WriteBlock(stream.Id, _blocks.EncodeTrailers(trailers), endStream: true);
        }
        else
        {
            Advance(Http2FrameWriter.WriteDataHeader(GetSpan(Http2FrameHeader.Size), stream.Id, 0, endStream: true));
        }
        stream.OnEndSent();
        return written;
    }

    /// <summary>Writes a field block as HEADERS and, beyond what the peer takes in a frame, CONTINUATION.</summary>
    private int WriteBlock(int streamId, ReadOnlySpan<byte> block, bool endStream)
    {
        int total = 0;
        bool isFirst = true;
        do
        {
            ReadOnlySpan<byte> fragment = block[..Math.Min(block.Length, _peerMaxFrameSize)];
            block = block[fragment.Length..];
            Span<byte> space = GetSpan(Http2FrameHeader.Size + fragment.Length);
            if (isFirst)
                Http2FrameWriter.WriteHeadersHeader(space, streamId, fragment.Length, block.IsEmpty, endStream);
            else Http2FrameWriter.WriteContinuationHeader(space, streamId, fragment.Length, block.IsEmpty);
            fragment.CopyTo(space[Http2FrameHeader.Size..]);
            Advance(Http2FrameHeader.Size + fragment.Length);
            total += Http2FrameHeader.Size + fragment.Length;
            isFirst = false;
        }
        while (!block.IsEmpty);
        return total;
    }

    // ---- where frames are written ----

    private Span<byte> GetSpan(int size) =>
        _isFlushing || _isClosed ? _staged.GetSpan(size) : _pipe.GetSpan(size);

    private void Advance(int count)
    {
        if (_isClosed) return;
        if (!_isFlushing)
        {
            _pipe.Advance(count);
            _hasUnflushed = true;
            return;
        }
        _staged.Advance(count);
        if (_staged.Length > MostStagedBytes) _connection.OnDeafPeer();
    }

    private void Unstage()
    {
        if (_staged.Length == 0) return;
        _staged.MoveTo(_pipe);
        _hasUnflushed = true;
    }
}
