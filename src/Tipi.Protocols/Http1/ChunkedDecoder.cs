using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Decodes a chunked body (RFC 9112 §7.1). It keeps its place and no bytes; keep it by reference.</summary>
/// <remarks>
/// Automaton: ChunkLine → Data → DataCr → DataLf → ChunkLine …, and after a chunk of size 0
/// Trailers → Ended. Invariant: <c>_left</c> is the rest of the current chunk's data; after Ended nothing is consumed.
/// </remarks>
public struct ChunkedDecoder
{
    // A chunk line may have this many bytes, and twice its data, before it counts as overhead.
    private const int FreeLineSize = 16;

    private readonly Http1Limits _limits;
    private ChunkLine _line;
    private State _state;
    private long _left;
    private long _overhead;

    /// <summary>A decoder for one body.</summary>
    /// <param name="limits">Limits of the framing.</param>
    /// <param name="trailers">Receives trailer fields; null: created if a body has some.</param>
    public ChunkedDecoder(Http1Limits limits, FieldSection? trailers = null)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        Trailers = trailers;
        trailers?.Reset();
    }

    private enum State : byte
    {
        ChunkLine,
        Data,
        DataCr,
        DataLf,
        Trailers,
        Ended,
    }

    /// <summary>
    /// The trailer fields, after End. Their positions count from the start of the run that End reported. Null when
    /// there were none and no section was given.
    /// </summary>
    public FieldSection? Trailers { get; private set; }

    /// <summary>Reads the next run of the body.</summary>
    /// <param name="data">The bytes that follow what was consumed so far.</param>
    /// <param name="consumed">Bytes that are done with, the run included.</param>
    /// <param name="start">Data: where in <paramref name="data"/> the run begins. End: where the trailers do.</param>
    /// <param name="length">Data: bytes of the run. End: bytes of the trailer section.</param>
    /// <param name="error">Invalid: why.</param>
    /// <remarks>The trailer section is consumed only as a whole: until then present the same bytes with more.</remarks>
    public ChunkedStatus Read(
        ReadOnlySpan<byte> data, out int consumed, out int start, out int length, out ProtocolError error)
    {
        consumed = start = length = 0;
        error = default;
        while (_state != State.Trailers)
        {
            if (_state == State.Ended) return ChunkedStatus.End;
            if (consumed == data.Length) return ChunkedStatus.NeedMore;
            if (_state == State.Data)
            {
                start = consumed;
                length = (int)Math.Min(_left, data.Length - consumed);
                TakeData(length);
                consumed += length;
                return ChunkedStatus.Data;
            }

            ProtocolErrorCode code = _state == State.ChunkLine
                ? ReadChunkLine(data, ref consumed)
                : ReadDataEnd(data[consumed++]);
            if (code == ProtocolErrorCode.None) continue;
            error = new ProtocolError(code);
            return ChunkedStatus.Invalid;
        }

        return ReadTrailers(data, ref consumed, out start, out length, out error);
    }

    private void TakeData(int count)
    {
        _left -= count;
        if (_left == 0) _state = State.DataCr;
    }

    private ProtocolErrorCode ReadDataEnd(byte next)
    {
        if (next != (_state == State.DataCr ? '\r' : '\n')) return ProtocolErrorCode.MissingChunkEnd;
        _state = _state == State.DataCr ? State.DataLf : State.ChunkLine;
        return ProtocolErrorCode.None;
    }

    private ProtocolErrorCode ReadChunkLine(ReadOnlySpan<byte> data, ref int consumed)
    {
        while (consumed < data.Length)
        {
            ProtocolErrorCode error = _line.Take(data[consumed++]);
            if (error != ProtocolErrorCode.None) return error;
            if (_line.Length > _limits.MaxChunkLineSize) return ProtocolErrorCode.ChunkOverheadTooLarge;
            if (_line.IsComplete) return EndChunkLine();
        }

        return ProtocolErrorCode.None;
    }

    private ProtocolErrorCode EndChunkLine()
    {
        _left = _line.Size;
        _overhead = Math.Max(0, _overhead + _line.Length - FreeLineSize - Math.Min(_left, int.MaxValue) * 2);
        _line = default;
        _state = _left == 0 ? State.Trailers : State.Data;
        return _overhead > _limits.MaxChunkOverhead
            ? ProtocolErrorCode.ChunkOverheadTooLarge
            : ProtocolErrorCode.None;
    }

    private ChunkedStatus ReadTrailers(
        ReadOnlySpan<byte> data, ref int consumed, out int start, out int length, out ProtocolError error)
    {
        error = default;
        start = consumed;
        length = 0;
        ReadOnlySpan<byte> rest = data[consumed..];
        if (rest.StartsWith("\r\n"u8))
        {
            length = 2;
        }
        else
        {
            if (rest.Length < 2 && (rest.IsEmpty || rest[0] == '\r')) return ChunkedStatus.NeedMore;
            FieldSection trailers = Trailers ??= new FieldSection();
            ParseStatus status = FieldSectionParser.TryParse(
                rest, _limits.Trailers, trailers, out ProtocolErrorCode code);
            error = new ProtocolError(code);
            if (status != ParseStatus.Complete)
                return status == ParseStatus.NeedMore ? ChunkedStatus.NeedMore : ChunkedStatus.Invalid;
            length = trailers.Length;
        }

        consumed += length;
        _state = State.Ended;
        return ChunkedStatus.End;
    }
}
