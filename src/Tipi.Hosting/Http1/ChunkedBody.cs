using System.Buffers;
using System.IO.Pipelines;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// A chunked body, decoded: its framing lies between the bytes, so they are copied together into one pooled array.
/// Invariant: the array holds what was decoded and not yet consumed, from <c>_start</c> to <c>_end</c>.
/// </summary>
internal sealed class ChunkedBody(HotPool<ReceivedText> texts)
{
    /// <summary>Decoded bytes that wait for the application's first look before more are decoded.</summary>
    private const int FillSize = 64 * 1024;

    private const int SmallestSize = 4096;

    private readonly HeaderTable _trailers = new(HeaderRole.ReceivedTrailers);
    private readonly FieldSection _trailerLines = new();
    private Http1Limits _limits = null!;
    private ChunkedDecoder _decoder;
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _examined;
    private long _total;

    /// <summary>True once the body and its trailers were read from the input.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>True when there are bytes the application has not looked at.</summary>
    internal bool HasUnexamined => _end > _examined;

    /// <summary>Body bytes decoded since the start.</summary>
    internal long Total => _total;

    internal HeaderTable Trailers => _trailers;

    internal void Begin(Http1Limits limits)
    {
        _limits = limits;
        _decoder = new ChunkedDecoder(limits, _trailerLines);
    }

    internal void Reset()
    {
        _decoder = default;
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        (_start, _end, _examined, _total) = (0, 0, 0, 0);
        IsEnded = false;
        _trailers.Reset();
    }

    /// <summary>Gives what is decoded, if there is news in it.</summary>
    internal bool TryTake(out ReadResult result)
    {
        result = default;
        if (!HasUnexamined && !IsEnded) return false;
        result = Take(isCanceled: false);
        return true;
    }

    internal ReadResult Take(bool isCanceled) =>
        new(new ReadOnlySequence<byte>(_bytes, _start, _end - _start), isCanceled, IsEnded);

    internal void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // An empty result has positions of no array.
        _start = consumed.GetObject() is null ? _start : consumed.GetInteger() & int.MaxValue;
        _examined = examined.GetObject() is null ? _end : examined.GetInteger() & int.MaxValue;
        if (_start == _end) (_start, _end, _examined) = (0, 0, 0);
    }

    /// <summary>Decodes what the input has, as far as there is room for it.</summary>
    /// <param name="input">What the input has.</param>
    /// <param name="largest">Bytes the whole body may have.</param>
    /// <param name="consumed">Up to where the input is done with.</param>
    /// <param name="examined">Up to where it was looked at.</param>
    internal ProtocolError Decode(
        in ReadOnlySequence<byte> input, long largest, out SequencePosition consumed, out SequencePosition examined)
    {
        ReadOnlySequence<byte> rest = input;
        ProtocolError error = default;
        bool wantsMore = false;
        while (!IsEnded && !wantsMore && !rest.IsEmpty && error.Code == ProtocolErrorCode.None)
        {
            // Bytes that were looked at and left are no reason to stop: the application asked for more than them.
            if (_end - _examined >= FillSize) break;
            ReadOnlySpan<byte> bytes = rest.FirstSpan;
            ChunkedStatus status = Step(bytes, largest, out int used, out error);
            if (status == ChunkedStatus.NeedMore && used < bytes.Length)
            {
                // Trailers are taken as a whole only: the rest in one piece, or more of it.
                rest = rest.Slice(used);
                if (rest.IsSingleSegment) wantsMore = true;
                else wantsMore = !TryStepJoined(ref rest, largest, out error);
                continue;
            }
            rest = rest.Slice(used);
        }
        consumed = rest.Start;
        examined = wantsMore || rest.IsEmpty ? input.End : rest.Start;
        return error;
    }

    private ChunkedStatus Step(ReadOnlySpan<byte> bytes, long largest, out int used, out ProtocolError error)
    {
        ChunkedStatus status = _decoder.Read(bytes, out used, out int start, out int length, out error);
        if (status == ChunkedStatus.Data) error = Append(bytes.Slice(start, length), largest);
        else if (status == ChunkedStatus.End)
        {
            ReadOnlySpan<byte> section = bytes.Slice(start, length);
            ReceivedText text = texts.Rent();
            error = new ProtocolError(Http1FieldLines.Load(_trailerLines, section, text, _trailers, lengthName: null));
            texts.Return(text);
            IsEnded = error.Code == ProtocolErrorCode.None;
        }
        return status;
    }

    private bool TryStepJoined(ref ReadOnlySequence<byte> rest, long largest, out ProtocolError error)
    {
        byte[] joined = rest.Slice(0, Math.Min(rest.Length, _limits.MaxTrailersTotalSize + 2)).ToArray();
        ChunkedStatus status = Step(joined, largest, out int used, out error);
        rest = rest.Slice(used);
        return status != ChunkedStatus.NeedMore;
    }

    private ProtocolError Append(ReadOnlySpan<byte> bytes, long largest)
    {
        _total += bytes.Length;
        if (_total > largest) return new ProtocolError(ProtocolErrorCode.BodyTooLarge);
        if (_bytes.Length - _end < bytes.Length) MakeRoom(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
        return default;
    }

    private void MakeRoom(int length)
    {
        int held = _end - _start;
        byte[] target = _bytes;
        if (held + length > _bytes.Length)
            target = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(held + length, _bytes.Length * 2), SmallestSize));
        _bytes.AsSpan(_start, held).CopyTo(target);
        if (!ReferenceEquals(target, _bytes) && _bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = target;
        _examined -= _start;
        (_start, _end) = (0, held);
    }
}
