using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Where the reader stands in the current message's body, whatever its framing.</summary>
internal sealed class BodyDecoder(Http1ReaderOptions options)
{
    private ChunkedDecoder _chunks;
    private BodyKind _kind;
    private long _left;
    private long _taken;

    /// <summary>The message is read to its end.</summary>
    internal bool IsComplete { get; private set; } = true;

    internal Http1Fields Trailers { get; private set; } = Http1Fields.Empty;

    /// <summary>Begins a body. Throws when its declared length is too large.</summary>
    internal void Begin(BodyFraming framing)
    {
        _kind = framing.Kind;
        _left = framing.Length;
        _taken = 0;
        Trailers = Http1Fields.Empty;
        IsComplete = _kind == BodyKind.None;
        if (_kind == BodyKind.Chunked) _chunks = new ChunkedDecoder(options.Limits);
        if (_left > options.MaxBodySize) throw Refused(ProtocolErrorCode.BodyTooLarge);
    }

    /// <summary>The next run of the body; empty when it is complete or when more bytes are needed.</summary>
    /// <param name="buffer">Where the bytes come from.</param>
    /// <param name="ended">No more bytes will come.</param>
    internal ReadOnlyMemory<byte> Next(ReceiveBuffer buffer, bool ended)
    {
        if (IsComplete) return default;
        ReadOnlyMemory<byte> run = _kind == BodyKind.Chunked ? NextChunk(buffer) : NextPlain(buffer);
        _taken += run.Length;
        if (_taken > options.MaxBodySize) throw Refused(ProtocolErrorCode.BodyTooLarge);
        if (!run.IsEmpty || IsComplete || !ended) return run;
        if (_kind != BodyKind.UntilClose) throw Refused(ProtocolErrorCode.UnexpectedEnd);
        IsComplete = true;
        return default;
    }

    private static Http1ProtocolException Refused(ProtocolErrorCode code) => new(new ProtocolError(code));

    private ReadOnlyMemory<byte> NextPlain(ReceiveBuffer buffer)
    {
        if (_kind == BodyKind.UntilClose) return buffer.Take(buffer.Count);
        ReadOnlyMemory<byte> run = buffer.Take((int)Math.Min(_left, buffer.Count));
        _left -= run.Length;
        IsComplete = _left == 0;
        return run;
    }

    private ReadOnlyMemory<byte> NextChunk(ReceiveBuffer buffer)
    {
        ChunkedStatus status = _chunks.Read(
            buffer.Span, out int consumed, out int start, out int length, out ProtocolError error);
        ReadOnlyMemory<byte> run = buffer.Take(consumed).Slice(start, length);
        switch (status)
        {
            case ChunkedStatus.Data:
                return run;
            case ChunkedStatus.End:
                Trailers = Http1Fields.From(run.Span, _chunks.Trailers);
                IsComplete = true;
                return default;
            case ChunkedStatus.Invalid:
                throw new Http1ProtocolException(error);
            default:
                return default;
        }
    }
}
