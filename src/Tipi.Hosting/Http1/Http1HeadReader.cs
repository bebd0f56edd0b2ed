using System.Buffers;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// Reads one request's head. Applications see nothing of it, so any connection may use it next: rented when a head's
/// first bytes are there, returned when its fields are loaded.
/// </summary>
internal sealed class Http1HeadReader(ReceivedText text)
{
    private byte[] _assembled = [];
    private int _assembledLength;

    internal RequestHead Head { get; } = new();

    internal ReceivedText Text => text;

    /// <summary>
    /// Parses the head at the start of <paramref name="buffer"/>. When that is not contiguous its bytes are copied
    /// once, those that were copied before are not copied again.
    /// </summary>
    /// <param name="buffer">What has come.</param>
    /// <param name="limits">The endpoint's.</param>
    /// <param name="bytes">What was parsed; as long there as the buffer, and until <see cref="Reset"/>.</param>
    /// <param name="error">Why it is invalid.</param>
    internal ParseStatus Parse(
        in ReadOnlySequence<byte> buffer, Http1Limits limits, out ReadOnlySpan<byte> bytes, out ProtocolError error)
    {
        bytes = buffer.IsSingleSegment ? buffer.FirstSpan : Assemble(buffer, limits);
        return Http1RequestParser.TryParse(bytes, limits, Head, out error);
    }

    /// <summary>Forgets everything, for another head of any connection.</summary>
    internal void Reset()
    {
        Head.Reset();
        if (_assembled.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_assembled);
        (_assembled, _assembledLength) = ([], 0);
    }

    private ReadOnlySpan<byte> Assemble(in ReadOnlySequence<byte> buffer, Http1Limits limits)
    {
        // Behind a head that is within its limits there may be any amount of body: it is not copied.
        long largest = (long)limits.MaxRequestLineSize + limits.MaxHeadersTotalSize + 4;
        int length = (int)Math.Min(buffer.Length, largest);
        if (length > _assembled.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(length);
            _assembled.AsSpan(0, _assembledLength).CopyTo(larger);
            if (_assembled.Length > 0) ArrayPool<byte>.Shared.Return(_assembled);
            _assembled = larger;
        }
        if (length > _assembledLength)
            buffer.Slice(_assembledLength, length - _assembledLength).CopyTo(_assembled.AsSpan(_assembledLength));
        _assembledLength = length;
        return _assembled.AsSpan(0, length);
    }
}
