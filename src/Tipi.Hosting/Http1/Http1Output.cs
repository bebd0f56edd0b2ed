using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// Encodes one response into the transport's memory: the head, then the body behind it in the same block. A chunk's
/// header is reserved in place and filled in when the chunk is closed, by a flush or by the end of its block.
/// </summary>
internal sealed class Http1Output(Http1Stream stream) : IExchangeOutput
{
    /// <summary>First guess for a head: a usual one has 100 to 400 bytes.</summary>
    private const int HeadSizeHint = 512;

    /// <summary>A head beyond this is a mistake of the application.</summary>
    private const int LargestHeadSize = 1024 * 1024;

    private const int ChunkOverhead = ChunkedEncoder.MaxPrefixSize + 2;

    private PipeWriter _pipe = null!;
    private Http1BodyMode _mode;
    private Memory<byte> _chunk;
    private int _chunkPrefix;
    private int _chunkLength;

    /// <summary>Whether the connection may go on after this response, once the head is written.</summary>
    internal bool KeepsAlive { get; private set; }

    /// <summary>The client learns where the body ends only from the end of the connection.</summary>
    internal bool EndsByClose { get; private set; }

    /// <summary>Only chunks have a place for them (RFC 9112 §7.1.2). HEAD is told what GET would be.</summary>
    public bool TakesTrailers
    {
        get
        {
            HttpExchange exchange = stream.Exchange;
            if (stream.Head.MinorVersion == 0) return false;
            bool isOpen = !exchange.HasStarted || _mode == Http1BodyMode.Chunked;
            return isOpen || HttpMethods.IsHead(exchange.ReceivedMethod);
        }
    }

    public bool KnowsTransferEncoding => true;

    public bool TryWriteInformational(int statusCode, HeaderTable fields)
    {
        // RFC 9110 §15.2: never to a client of HTTP/1.0.
        if (stream.Head.MinorVersion == 0) return false;
        WriteLines(fields, statusCode);
        return true;
    }

    public void WriteHead(bool bodyEnds)
    {
        var head = new Http1ResponseHead(
            stream.Exchange, stream.Head, stream.Body.EndsConnection(bodyEnds), bodyEnds);
        for (int hint = HeadSizeHint; ; hint *= 2)
        {
            ThrowIfTooLarge(hint);
            if (!head.TryEncode(_pipe.GetSpan(hint), out int written)) continue;
            _pipe.Advance(written);
            break;
        }
        _mode = head.Mode;
        KeepsAlive = head.KeepsAlive;
        EndsByClose = head.EndsByClose;
    }

    public Memory<byte> GetMemory(int sizeHint) =>
        _mode == Http1BodyMode.Chunked ? GetChunkMemory(Math.Max(sizeHint, 1)) : _pipe.GetMemory(sizeHint);

    public void Advance(int count)
    {
        if (_mode == Http1BodyMode.Plain) _pipe.Advance(count);
        else if (_mode == Http1BodyMode.Chunked) AdvanceChunk(count);
    }

    public int Slice(int most) => most;

    public bool TryBorrow(ReadOnlyMemory<byte> bytes) => false;

    public void GiveBack()
    {
        // Nothing is borrowed.
    }

    public void WriteEnd()
    {
        if (_mode != Http1BodyMode.Chunked) return;
        CloseChunk();
        if (stream.Exchange.HasTrailers)
        {
            WriteLines(stream.Exchange.ResponseTrailers.Take(), statusCode: null);
            return;
        }
        ReadOnlySpan<byte> final = ChunkedEncoder.FinalChunk;
        final.CopyTo(_pipe.GetSpan(final.Length));
        _pipe.Advance(final.Length);
    }

    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        if (_chunkLength > 0) CloseChunk();
        _chunk = default;
        HttpExchange exchange = stream.Exchange;
        return ResponseRate.FlushAsync(exchange.Connection, _pipe, exchange.MinResponseDataRate, cancellationToken);
    }

    public void CancelPendingFlush()
    {
        // The next flush is cancelled on purpose, whatever the one before has left.
        stream.Exchange.Connection?.HasLateCancellation = false;
        _pipe?.CancelPendingFlush();
    }

    public bool IsClosed => stream.Exchange.Connection is null or { IsClosed: true };

    public IDictionary<object, object?> PersistentState => stream.Exchange.Connection.PersistentState;

    public void Abort(ConnectionEndReason reason, string text)
    {
        if (stream.Exchange.Connection is not { } connection) return; // the request is over
        connection.EndsBecause(reason);
        connection.Abort(text);
    }

    public void WatchForClose() => stream.Exchange.Connection?.WatchForClose();

    internal void Attach(PipeWriter pipe) => _pipe = pipe;

    internal void Reset()
    {
        _pipe = null!;
        _mode = Http1BodyMode.None;
        _chunk = default;
        _chunkLength = 0;
        KeepsAlive = EndsByClose = false;
    }

    /// <summary>Writes fields behind a status line or, without one, behind the chunk that ends the body.</summary>
    private void WriteLines(HeaderTable fields, int? statusCode)
    {
        for (int hint = HeadSizeHint; ; hint *= 2)
        {
            ThrowIfTooLarge(hint);
            var writer = new Http1HeadWriter(_pipe.GetSpan(hint));
            bool fits = statusCode is { } status
                ? writer.TryWriteStatusLine(status)
                : writer.TryWriteLine(ChunkedEncoder.FinalChunkLine);
            if (!fits || !Http1FieldLines.TryWrite(ref writer, fields) || !writer.TryEnd()) continue;
            _pipe.Advance(writer.Written);
            return;
        }
    }

    private static void ThrowIfTooLarge(int size)
    {
        if (size > LargestHeadSize)
            throw new InvalidOperationException("The response's headers are larger than 1 MiB.");
    }

    private Memory<byte> GetChunkMemory(int sizeHint)
    {
        int end = _chunk.Length - 2;
        int next = _chunkPrefix + _chunkLength;
        if (_chunk.Length > 0 && end - next >= sizeHint) return _chunk[next..end];
        CloseChunk();
        _chunk = _pipe.GetMemory(checked(sizeHint + ChunkOverhead));
        _chunkPrefix = (31 - int.LeadingZeroCount(_chunk.Length)) / 4 + 3;
        return _chunk[_chunkPrefix..^2];
    }

    private void AdvanceChunk(int count)
    {
        int space = Math.Max(0, _chunk.Length - 2 - _chunkPrefix - _chunkLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, space);
        _chunkLength += count;
    }

    private void CloseChunk()
    {
        int length = _chunkLength;
        if (length > 0)
        {
            Span<byte> chunk = _chunk.Span;
            int prefix = ChunkedEncoder.WriteChunkHeader(chunk[.._chunkPrefix], length);
            // The place was reserved for a full block: a shorter size moves the bytes up.
            if (prefix < _chunkPrefix) chunk.Slice(_chunkPrefix, length).CopyTo(chunk[prefix..]);
            ChunkedEncoder.ChunkEnd.CopyTo(chunk[(prefix + length)..]);
            _pipe.Advance(prefix + length + 2);
        }
        _chunk = default;
        _chunkLength = 0;
    }
}
