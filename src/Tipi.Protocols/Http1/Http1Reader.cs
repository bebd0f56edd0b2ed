using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>
/// Reads HTTP/1 messages, requests or responses, from any source of bytes by method calls: no server, no threads, no
/// events.
/// </summary>
/// <remarks>
/// <para>Lives: head → body, whole or in runs → <see cref="IsComplete"/> → the next head. A head that is asked for
/// earlier skips the rest of the body. Bytes of messages that follow stay in the reader, so pipelining is safe.</para>
/// <para>The limits hold always. When the peer breaks the protocol or a limit, <see cref="Http1ProtocolException"/>
/// tells the status to answer with; close after it. One caller at a time. The source is not closed, and it decides how
/// long a read waits.</para>
/// </remarks>
public sealed class Http1Reader
{
    private readonly Func<Memory<byte>, int>? _read;
    private readonly Func<Memory<byte>, CancellationToken, ValueTask<int>> _readAsync;
    private readonly Http1ReaderOptions _options;
    private readonly ReceiveBuffer _buffer = new();
    private readonly BodyDecoder _body;
    private readonly RequestHead _requestHead = new();
    private readonly ResponseHead _responseHead = new();
    private bool _ended;
    private bool _failed;

    /// <summary>Reads from a stream.</summary>
    public Http1Reader(Stream stream, Http1ReaderOptions? options = null)
        : this(options, NotNull(stream).ReadAsync, memory => stream.Read(memory.Span))
    {
    }

    /// <summary>Reads with a delegate that fills memory and returns the number of bytes, 0 at the end.</summary>
    public Http1Reader(Func<Memory<byte>, int> read, Http1ReaderOptions? options = null)
        : this(options, (memory, _) => ValueTask.FromResult(read(memory)), NotNull(read))
    {
    }

    /// <summary>Reads with an asynchronous delegate; only the asynchronous methods can be used.</summary>
    public Http1Reader(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> readAsync, Http1ReaderOptions? options = null)
        : this(options, NotNull(readAsync), null)
    {
    }

    private Http1Reader(Http1ReaderOptions? options,
        Func<Memory<byte>, CancellationToken, ValueTask<int>> readAsync, Func<Memory<byte>, int>? read)
    {
        _options = options ?? new Http1ReaderOptions();
        _body = new BodyDecoder(_options);
        _readAsync = readAsync;
        _read = read;
    }

    private delegate bool Step<T>(out T result);

    /// <summary>
    /// True if the current message has been read to its end, including body and trailers; true before the first
    /// message.
    /// </summary>
    public bool IsComplete => _body.IsComplete;

    /// <summary>The trailer fields of the current message, once it is complete.</summary>
    public Http1Fields Trailers => _body.Trailers;

    /// <summary>
    /// Received bytes that do not belong to what was read so far: the next message, or another protocol after an
    /// upgrade. Valid until the next read.
    /// </summary>
    public ReadOnlyMemory<byte> Unread => _buffer.Memory;

    /// <summary>Reads the head of the next request, after the rest of the previous message.</summary>
    /// <returns>The head; null if the source ended between messages.</returns>
    /// <exception cref="Http1ProtocolException">
    /// The client violated the protocol, or the data ended inside a message.
    /// </exception>
    public Http1Request? ReadRequestHead() => Pull<Http1Request?>(TryNextRequest);

    /// <inheritdoc cref="ReadRequestHead"/>
    public ValueTask<Http1Request?> ReadRequestHeadAsync(CancellationToken cancellationToken = default) =>
        PullAsync<Http1Request?>(TryNextRequest, cancellationToken);

    /// <summary>Reads the head of the next response, including interim responses.</summary>
    /// <param name="requestMethod">The method of the request that it answers.</param>
    /// <returns>The head; null if the source ended between messages.</returns>
    /// <exception cref="Http1ProtocolException">
    /// The server violated the protocol, or the data ended inside a message.
    /// </exception>
    public Http1Response? ReadResponseHead(KnownMethod requestMethod = KnownMethod.Get) =>
        Pull((out Http1Response? head) => TryNextResponse(requestMethod, out head));

    /// <inheritdoc cref="ReadResponseHead"/>
    public ValueTask<Http1Response?> ReadResponseHeadAsync(
        KnownMethod requestMethod = KnownMethod.Get, CancellationToken cancellationToken = default) =>
        PullAsync((out Http1Response? head) => TryNextResponse(requestMethod, out head), cancellationToken);

    /// <summary>Reads the next run of the current body, at most what has arrived.</summary>
    /// <returns>The bytes, valid until the next read; empty at the end of the body.</returns>
    /// <exception cref="Http1ProtocolException">
    /// The peer violated the protocol, or the data ended inside the body.
    /// </exception>
    public ReadOnlyMemory<byte> ReadBodyChunk() => Pull<ReadOnlyMemory<byte>>(TryNextRun);

    /// <inheritdoc cref="ReadBodyChunk"/>
    public ValueTask<ReadOnlyMemory<byte>> ReadBodyChunkAsync(CancellationToken cancellationToken = default) =>
        PullAsync<ReadOnlyMemory<byte>>(TryNextRun, cancellationToken);

    /// <summary>Reads the rest of the current body; empty if there is none.</summary>
    /// <exception cref="Http1ProtocolException">
    /// The peer violated the protocol, or the data ended inside the body.
    /// </exception>
    public byte[] ReadBody()
    {
        var whole = new MemoryStream();
        for (ReadOnlyMemory<byte> run = ReadBodyChunk(); !run.IsEmpty; run = ReadBodyChunk()) whole.Write(run.Span);
        return whole.ToArray();
    }

    /// <inheritdoc cref="ReadBody"/>
    public async ValueTask<byte[]> ReadBodyAsync(CancellationToken cancellationToken = default)
    {
        var whole = new MemoryStream();
        while (true)
        {
            ReadOnlyMemory<byte> run = await ReadBodyChunkAsync(cancellationToken).ConfigureAwait(false);
            if (run.IsEmpty) return whole.ToArray();
            whole.Write(run.Span);
        }
    }

    private static T NotNull<T>(T source) where T : class
    {
        ArgumentNullException.ThrowIfNull(source);
        return source;
    }

    /// <summary>Receives until a step has its result. Every step is safe to repeat with more bytes.</summary>
    private T Pull<T>(Step<T> step)
    {
        T result;
        while (!Try(step, out result))
        {
            if (_read is null) throw new InvalidOperationException("The source is asynchronous. Use Async methods.");
            Received(_read(_buffer.Free()));
        }

        return result;
    }

    private async ValueTask<T> PullAsync<T>(Step<T> step, CancellationToken cancellationToken)
    {
        T result;
        while (!Try(step, out result))
            Received(await _readAsync(_buffer.Free(), cancellationToken).ConfigureAwait(false));
        return result;
    }

    private void Received(int count)
    {
        _buffer.Received(count);
        _ended = count == 0;
    }

    private bool Try<T>(Step<T> step, out T result)
    {
        if (_failed) throw new InvalidOperationException("The peer violated the protocol. No more can be read.");
        try
        {
            return step(out result);
        }
        catch (Http1ProtocolException)
        {
            _failed = true;
            throw;
        }
    }

    private bool TryNextRun(out ReadOnlyMemory<byte> run)
    {
        run = _body.Next(_buffer, _ended);
        return !run.IsEmpty || _body.IsComplete;
    }

    private bool TrySkipBody()
    {
        while (!_body.IsComplete)
            if (_body.Next(_buffer, _ended).IsEmpty && !_body.IsComplete) return false;
        return true;
    }

    private bool TryNextRequest(out Http1Request? request)
    {
        request = null;
        if (!TrySkipBody()) return false;
        ParseStatus status = Http1RequestParser.TryParse(
            _buffer.Span, _options.Limits, _requestHead, out ProtocolError error);
        if (status != ParseStatus.Complete) return IsEnd(status, error);
        request = Http1Request.From(_buffer.Span, _requestHead)
            ?? throw new Http1ProtocolException(new ProtocolError(ProtocolErrorCode.InvalidTarget));
        BeginBody(_requestHead.Length, _requestHead.Body);
        _requestHead.Reset();
        return true;
    }

    private bool TryNextResponse(KnownMethod requestMethod, out Http1Response? response)
    {
        response = null;
        if (!TrySkipBody()) return false;
        ParseStatus status = Http1ResponseParser.TryParse(
            _buffer.Span, _options.Limits, requestMethod, _responseHead, out ProtocolError error);
        if (status != ParseStatus.Complete) return IsEnd(status, error);
        response = new Http1Response(_buffer.Span, _responseHead);
        BeginBody(_responseHead.Length, _responseHead.Body);
        _responseHead.Reset();
        return true;
    }

    private void BeginBody(int headLength, BodyFraming framing)
    {
        _buffer.Take(headLength);
        _body.Begin(framing);
    }

    /// <summary>True at the end of the source between messages; throws for an error and an end inside a head.</summary>
    private bool IsEnd(ParseStatus status, ProtocolError error)
    {
        if (status == ParseStatus.Invalid) throw new Http1ProtocolException(error);
        if (!_ended) return false;
        if (_buffer.Count != 0) throw new Http1ProtocolException(new ProtocolError(ProtocolErrorCode.UnexpectedEnd));
        return true;
    }
}
