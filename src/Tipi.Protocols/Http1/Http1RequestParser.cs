using System.Runtime.CompilerServices;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Parses request heads (RFC 9112 §3, §5), as strictly as the limits say.</summary>
public static class Http1RequestParser
{
    /// <summary>Parses a request head that begins with the first byte of <paramref name="data"/>.</summary>
    /// <param name="data">One contiguous run of bytes; bytes after the head are ignored.</param>
    /// <param name="limits">Limits of the head.</param>
    /// <param name="head">Where the result goes. Reset before the first call for a message and only then.</param>
    /// <param name="error">Why it is invalid; None otherwise.</param>
    /// <returns>
    /// Complete: <c>head.Length</c> bytes are consumed. NeedMore: call again with the same bytes and more; feeding byte
    /// by byte costs at most twice as much. Invalid: reject with <c>error.StatusCode</c> and close. The result depends
    /// only on the bytes, not on how they were split.
    /// </returns>
    public static ParseStatus TryParse(
        ReadOnlySpan<byte> data, Http1Limits limits, RequestHead head, out ProtocolError error)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(head);
        ProtocolErrorCode code = ProtocolErrorCode.None;
        ParseStatus status = head.InFields ? ParseStatus.Complete : ParseFirstLine(data, limits, head, out code);
        if (status == ParseStatus.Complete)
        {
            FieldSection fields = head.Fields;
            status = FieldSectionParser.TryParse(data, limits.RequestFields, fields, out code);
            if (status == ParseStatus.Complete)
            {
                code = RequestSemantics.Apply(data, limits, head);
                head.Length = fields.Start + fields.Length;
                if (code != ProtocolErrorCode.None) status = ParseStatus.Invalid;
            }
        }

        error = new ProtocolError(code);
        return status;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // a budget for inlining of its own
    private static ParseStatus ParseFirstLine(
        ReadOnlySpan<byte> data, Http1Limits limits, RequestHead head, out ProtocolErrorCode error)
    {
        int scanned = head.Scanned;
        while (true)
        {
            int start = head.LineStart;
            int limit = (int)Math.Min((long)start + limits.MaxRequestLineSize, int.MaxValue);
            // Leniently there may be many empty lines: they count, or a peer could send them for ever.
            if (start != 0 && limits.Strictness == HttpStrictness.Lenient) limit = limits.MaxRequestLineSize;
            ParseStatus status = LineParser.FindEnd(data, ref scanned, limit, ProtocolErrorCode.RequestLineTooLong,
                out int end, out error);
            head.Scanned = scanned;
            int next = end + 2;
            if (status != ParseStatus.Complete)
            {
                if (error != ProtocolErrorCode.BareLineEnd) return status;
                if (!LineParser.EndsInLineFeed(data, end, limits.Strictness)) return status;
                next = end + 1;
            }

            if (end != start)
            {
                error = RequestLineParser.Parse(data, start, end, head);
                if (error != ProtocolErrorCode.None)
                {
                    bool isFinal = error != ProtocolErrorCode.InvalidTarget
                        || limits.Strictness == HttpStrictness.Strict;
                    if (!isFinal) error = RequestTarget.ParseLeniently(data, head);
                    if (error != ProtocolErrorCode.None) return ParseStatus.Invalid;
                }

                head.InFields = true;
                head.Fields.Begin(next);
                return ParseStatus.Complete;
            }

            // One empty line before the request line is ignored (RFC 9112 §2.2): old clients send it after a body.
            if (start != 0 && limits.Strictness == HttpStrictness.Strict)
            {
                error = ProtocolErrorCode.ExtraEmptyLine;
                return ParseStatus.Invalid;
            }

            head.LineStart = scanned = head.Scanned = next;
        }
    }
}
