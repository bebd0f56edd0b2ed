using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http2;

/// <summary>
/// The way out for one stream's response. What the application writes is kept here until the connection has its turn
/// for the stream; what it commits is seen by the connection, all at once.
/// <code>
/// WriteHead, Advance, WriteEnd: the application's own      Flush or end: committed      FrameOutput: sent
/// </code>
/// Invariant: the committed state changes under the connection's gate; the application's calls come one at a time.
/// </summary>
internal sealed class Http2Response(Http2Stream stream) : IExchangeOutput
{
    private readonly SendBuffer _buffer = new();
    private FlushWait? _wait;
    private Dictionary<object, object?>? _persistentState;
    private BlockFields _head;
    private BlockFields _trailers;
    private bool _hasHead;
    private bool _headEnds;
    private bool _hasEnd;
    private bool _isEndSent;

    private Lock Gate => stream.Connection.Output.Gate;

    /// <summary>Bytes that may be committed and unsent before a flush waits. Under the gate.</summary>
    private long MostUnsent =>
        stream.Connection.Output.Unsent.Most(stream.Connection.Limits.MaxResponseBufferSize);

    public bool TakesTrailers => true;

    public bool IsClosed => stream.IsGone;

    public int Slice(int most) => stream.Connection?.Output.Unsent.Slice(most) ?? most;

    public IDictionary<object, object?> PersistentState => _persistentState ??= [];

    // ---- committed; under the gate ----

    /// <summary>Hints that wait for a client that does not read: beyond these they are of no use to it.</summary>
    private const int MostInformational = 8;

    private Queue<Informational>? _informational;

    /// <summary>The head is to be sent.</summary>
    internal bool IsHeadDue { get; private set; }

    internal bool IsHeadSent { get; private set; }

    /// <summary>Nothing follows what is committed but trailers, if there are any.</summary>
    internal bool IsEnded { get; private set; }

    internal long Unsent => _buffer.Unsent;

    /// <summary>It stays without its end: when what is committed is sent, the reset is due.</summary>
    internal bool IsCutOff { get; private set; }

    internal bool HasTrailers { get; private set; }

    /// <summary>True when the head says itself that there is no body.</summary>
    internal bool HeadEnds => _headEnds;

    /// <summary>What the head is encoded of.</summary>
    internal ref readonly BlockFields Head => ref _head;

    /// <summary>What the trailers are encoded of.</summary>
    internal ref readonly BlockFields Trailers => ref _trailers;

    /// <summary>True when there is something that no window holds back, or bytes that one may.</summary>
    internal bool HasSomething => !_isEndSent
        && (IsHeadDue || Unsent > 0 || IsEnded || IsCutOff || _informational is { Count: > 0 });

    internal void AddInformational(int statusCode, in BlockFields fields)
    {
        _informational ??= [];
        // A client may wait for 100; it comes once.
        bool isNeeded = statusCode == StatusCodes.Status100Continue || _informational.Count < MostInformational;
        if (isNeeded) _informational.Enqueue(new Informational(statusCode, fields));
    }

    internal bool TryTakeInformational(out Informational one)
    {
        one = default;
        return _informational?.TryDequeue(out one) == true;
    }

    internal int Take(Span<byte> destination) => _buffer.Take(destination);

    internal void OnHeadSent() => (IsHeadDue, IsHeadSent) = (false, true);

    internal void OnEndSent() => _isEndSent = true;

    /// <summary>The application has failed in its middle.</summary>
    /// <returns>False when nothing was flushed that the client has to get before it is told.</returns>
    internal bool TryCutOff() => IsCutOff = IsHeadDue || IsHeadSent;

    /// <summary>The reset is seen to, once.</summary>
    internal void OnCutOff() => IsCutOff = false;

    /// <summary>Something was sent: a flush that waits may go on.</summary>
    internal void OnProgress()
    {
        if (_wait is { IsWaiting: true } wait && Unsent <= MostUnsent / 2)
            wait.Complete(isCanceled: false, isClosed: false);
    }

    /// <summary>Nobody takes the response any more: who waits need not.</summary>
    internal void OnGone()
    {
        _buffer.Discard();
        _wait?.Complete(isCanceled: false, isClosed: true);
    }

    // ---- the application's side ----

    public bool KnowsTransferEncoding => false;

    public bool TryWriteInformational(int statusCode, HeaderTable fields)
    {
        stream.Connection.Output.SendInformational(stream, statusCode, new BlockFields(fields));
        return false;
    }

    public void WriteHead(bool bodyEnds)
    {
        HttpExchange exchange = stream.Exchange;
        // RFC 9113 §8.1: 101 belongs to HTTP/1.
        if (exchange.StatusCode == StatusCodes.Status101SwitchingProtocols)
            throw new InvalidOperationException("HTTP/2 has no status 101: see IHttpExtendedConnectFeature.");
        ConnectionFields.Remove(exchange);
        _head = new BlockFields(exchange.ResponseHeaders);
        _hasHead = true;
        _headEnds = bodyEnds && !exchange.ResponseTrailers.HasAny;
    }

    public Memory<byte> GetMemory(int sizeHint) => _buffer.GetMemory(sizeHint);

    public void Advance(int count) => _buffer.Advance(count);

    public void WriteEnd()
    {
        if (stream.Exchange.HasTrailers)
        {
            _trailers = new BlockFields(stream.Exchange.ResponseTrailers.Take());
            HasTrailers = true;
        }
        _hasEnd = true;
        Commit();
    }

    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        Commit();
        lock (Gate)
        {
            bool isCanceled = _wait?.TakeCancellation() == true;
            if (isCanceled || IsClosed || Unsent == 0 || Unsent < MostUnsent)
                return new(new FlushResult(isCanceled, IsClosed));
            return (_wait ??= new FlushWait(stream)).Begin(cancellationToken);
        }
    }

    public void CancelPendingFlush()
    {
        if (stream.Connection is not { } connection) return; // the request is over
        lock (connection.Output.Gate) (_wait ??= new FlushWait(stream)).Cancel();
    }

    public void Abort(ConnectionEndReason reason, string text) => stream.ResetByApplication();

    public void WatchForClose() => stream.WatchForClose();

    /// <summary>What was written so far can be sent. Ended responses need no flush.</summary>
    internal void Commit()
    {
        FrameOutput output = stream.Connection.Output;
        lock (Gate)
        {
            _buffer.Publish();
            if (_hasHead && !IsHeadSent) IsHeadDue = true;
            IsEnded |= _hasEnd;
            if (stream.IsGone) _buffer.Discard();
            // What is flushed waits for the pump: most applications end right after it, and both leave in one frame.
            else if (IsEnded && HasSomething) output.Offer(stream);
            else if (HasSomething) output.Enqueue(stream);
        }
        output.RequestPump();
    }

    internal void Attach(FrameOutput output) => _buffer.Attach(output);

    internal void Reset()
    {
        _buffer.Reset();
        if (_wait is { IsUsable: false }) _wait = null;
        _head = _trailers = default;
        _hasHead = _headEnds = _hasEnd = _isEndSent = IsHeadDue = IsHeadSent = IsEnded = IsCutOff = HasTrailers = false;
        _persistentState = null;
        _informational?.Clear();
    }
}
