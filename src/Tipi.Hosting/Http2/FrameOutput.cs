using Tipi.Hosting.Connections;
using Tipi.Protocols.Http2;

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
    /// <summary>Bytes of DATA written for one flush: the transport's own limit, after which a flush waits.</summary>
    private const int MostBytesPerFlush = 64 * 1024;

    /// <summary>Bytes of one DATA frame at most, whatever the peer permits: others get their turn after it.</summary>
    private const int LargestData = 16 * 1024;

    /// <summary>
    /// Bytes of DATA below which a window that cut it earns the peer nothing: updates of single bytes want work done.
    /// </summary>
    private const int LeastCredited = 512;

    private readonly IOutputOwner _sender;
    private readonly FramePipe _pipe;
    private readonly OutputPump _pump;
    private readonly FieldBlocks _blocks;
    private ReadyQueue _ready;
    private StarvedStreams _starved;
    private FlowWindow _window = new(Http2Settings.InitialWindow);
    private long _sent;
    private int _unflushed;
    private bool _isBroken;

    internal FrameOutput(ServerConnection owner, IOutputOwner sender)
    {
        _sender = sender;
        _pipe = new FramePipe(owner.Transport.Transport.Output, owner, sender);
        _pump = new OutputPump(this, _pipe, owner, sender);
        _blocks = new FieldBlocks(owner.Server);
        Control = new ControlFrames(Gate, _pipe);
        Time = new ConnectionTime(owner, Gate);
        CutOffs = new CutOffs(Time);
    }

    internal Lock Gate { get; } = new();

    internal ConnectionTime Time { get; }

    /// <summary>Frames of the connection.</summary>
    internal ControlFrames Control { get; }

    internal CutOffs CutOffs { get; }

    /// <summary>What the responses of all streams wait with.</summary>
    internal UnsentBytes Unsent { get; } = new();

    /// <summary>The first window of a further stream, as the peer has set it.</summary>
    internal int InitialWindow { get; private set; } = Http2Settings.InitialWindow;

    /// <summary>DATA frames sent, but for tiny ones that the peer has cut: each may be answered by frames.</summary>
    internal long CreditedFrames { get; private set; }

    /// <summary>
    /// True when the client takes the answers of all streams together more slowly than this one permits. Under the
    /// gate.
    /// </summary>
    internal bool IsOverdue(OutgoingStream stream, long nowMs) =>
        stream.Place == StreamPlace.Starved
        && stream.SharedRate.IsOverdue(nowMs, stream.Exchange.MinResponseDataRate, _sent);

    /// <summary>True when a stream waits for its turn. Under the gate.</summary>
    internal bool HasReady => !_ready.IsEmpty;

    /// <summary>A whole head without an application.</summary>
    internal void WriteRefusal(int streamId, int statusCode)
    {
        lock (Gate)
        {
            if (!_isBroken) _pipe.WriteBlock(streamId, _blocks.EncodeRefusal(statusCode), endStream: true);
        }
    }

    internal void SendInformational(OutgoingStream stream, int statusCode, in BlockFields fields)
    {
        lock (Gate)
        {
            if (stream.IsGone || stream.Response.IsHeadSent || _isBroken) return;
            stream.Response.AddInformational(statusCode, fields);
            Enqueue(stream);
        }
        RequestPump();
    }

    // ---- what the peer permits ----

    /// <summary>Takes over the peer's settings.</summary>
    /// <returns>By how much the windows of all streams grow.</returns>
    internal int Apply(Http2Settings settings)
    {
        lock (Gate)
        {
            _pipe.MaxFrameSize = settings.MaxFrameSize;
            _blocks.LimitTableSize(settings.LowestHeaderTableSize);
            if (settings.HeaderTableSize != settings.LowestHeaderTableSize)
                _blocks.LimitTableSize(settings.HeaderTableSize);
            int difference = settings.InitialWindowSize - InitialWindow;
            InitialWindow = settings.InitialWindowSize;
            return difference;
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
            if (_starved.IsEmpty) return true;
            long nowMs = Time.ExactMs;
            while (_starved.TryTake(out OutgoingStream? stream))
            {
                stream.SharedRate.OnReleased(nowMs);
                _ready.Add(stream);
            }
            return true;
        }
    }

    /// <summary>The peer takes more, or less, of a stream. Under the gate.</summary>
    internal void OnWindowChanged(OutgoingStream stream)
    {
        if (stream.Window.Available > 0) stream.Rate.OnReleased(Time.ExactMs);
        if (stream.Response.HasSomething && !stream.IsGone) Enqueue(stream);
    }

    /// <summary>
    /// The stream has something that may have to be sent. What is small enough is written at once where nobody else
    /// waits; it is sent by the next flush. Under the gate.
    /// </summary>
    internal void Offer(OutgoingStream stream)
    {
        Enqueue(stream);
        if (!_pipe.IsFlushing && !_pipe.IsClosed) WriteReady();
    }

    /// <summary>The stream may send again; the pump sees to the order. Under the gate.</summary>
    internal void Enqueue(OutgoingStream stream)
    {
        if (stream.Place == StreamPlace.None) _ready.Add(stream);
    }

    /// <summary>The stream sends nothing any more. Under the gate.</summary>
    internal void Remove(OutgoingStream stream)
    {
        if (stream.Place == StreamPlace.Ready) _ready.Remove(stream);
        else if (stream.Place == StreamPlace.Starved) _starved.Remove(stream);
        stream.Place = StreamPlace.None;
    }

    /// <summary>Another priority. Under the gate.</summary>
    internal void Reprioritize(OutgoingStream stream, Http2Priority priority)
    {
        bool isReady = stream.Place == StreamPlace.Ready;
        if (isReady) _ready.Remove(stream);
        stream.Priority = priority;
        if (isReady) _ready.Add(stream);
    }

    /// <summary>Has what was written sent soon, together with what others write meanwhile.</summary>
    internal void RequestPump() => _pump.Request();

    /// <summary>Sends what was written, unless closed, and waits until nobody else uses the pipe.</summary>
    internal Task FlushLastAsync() => _pump.FlushLastAsync();

    /// <summary>Nothing is sent any more.</summary>
    internal void Close()
    {
        lock (Gate)
        {
            _pipe.Close();
            _pump.OnClosed();
        }
    }

    /// <summary>Writes what is ready, as much as one flush may take. Under the gate.</summary>
    internal void WriteTurn()
    {
        WriteReady();
        CutOffs.OnTurn(Control);
        _unflushed = 0;
    }

    private void WriteReady()
    {
        while (!_isBroken && _unflushed < MostBytesPerFlush && _ready.TryTake(out OutgoingStream? stream))
        {
            stream.Place = StreamPlace.None;
            try
            {
                _unflushed += WriteFrom(stream);
            }
            catch (Exception error)
            {
                Break(error);
            }
        }
    }

    /// <summary>
    /// A block was encoded in part: the peer's table is not that of the encoder any more, so no stream sends anything
    /// from here on, and the connection ends. Under the gate.
    /// </summary>
    private void Break(Exception error)
    {
        _isBroken = true;
        _sender.OnOutputFailed(error);
    }

    /// <summary>Writes one turn of a stream: its head, or a frame of its body, or its end.</summary>
    /// <returns>Bytes, about.</returns>
    private int WriteFrom(OutgoingStream stream)
    {
        OutgoingResponse response = stream.Response;
        int written = 0;
        while (response.TryTakeInformational(out Informational one))
        {
            ReadOnlySpan<byte> block = _blocks.EncodeInformational(one.StatusCode, one.Fields);
            written += _pipe.WriteBlock(stream.Id, block, endStream: false);
        }
        if (response.IsHeadDue)
        {
            bool isEnd = response is { IsEnded: true, Unsent: 0, HasTrailers: false };
            ReadOnlySpan<byte> head = _blocks.EncodeHead(stream.Exchange, response.Head, response.HeadEnds);
            written += _pipe.WriteBlock(stream.Id, head, isEnd);
            response.OnHeadSent();
            if (isEnd) stream.OnEndSent();
            if (isEnd) return written;
        }
        if (response.Unsent > 0) return written + WriteData(stream, response);
        if (response.IsEnded) return written + WriteEnd(stream, response);
        if (response.IsCutOff) CutOffs.Add(stream);
        return written;
    }

    private int WriteData(OutgoingStream stream, OutgoingResponse response)
    {
        int most = Math.Min(Math.Min(LargestData, _pipe.MaxFrameSize), stream.Window.Available);
        if (most <= 0)
        {
            // An update of its window brings it back.
            response.OnBlocked();
            stream.Rate.OnBlocked(Time.ExactMs);
            Time.RequestTick();
            return 0;
        }
        most = Math.Min(most, _window.Available);
        if (most <= 0)
        {
            response.OnBlocked();
            _starved.Add(stream);
            stream.SharedRate.OnBlocked(Time.ExactMs, _sent);
            Time.RequestTick();
            return 0;
        }
        int length = (int)Math.Min(response.Unsent, most);
        bool isAll = length == response.Unsent;
        bool isEnd = isAll && response is { IsEnded: true, HasTrailers: false };
        int written = _pipe.WriteData(stream.Id, response, length, isEnd);
        stream.TakeWindow(length);
        _window.TryTake(length);
        _sent += length;
        if (length >= LeastCredited || isAll) CreditedFrames++;
        response.OnProgress();
        if (isEnd) stream.OnEndSent();
        else if (response.Unsent > 0 || response.IsEnded || response.IsCutOff) _ready.PutBack(stream);
        return written;
    }

    private int WriteEnd(OutgoingStream stream, OutgoingResponse response)
    {
        int written = Http2FrameHeader.Size;
        if (response.HasTrailers)
        {
            written = _pipe.WriteBlock(stream.Id, _blocks.EncodeTrailers(response.Trailers), endStream: true);
        }
        else
        {
            _pipe.WriteData(stream.Id, response, length: 0, endStream: true);
        }
        stream.OnEndSent();
        return written;
    }
}
