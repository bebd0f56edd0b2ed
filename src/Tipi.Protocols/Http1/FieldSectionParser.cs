using System.Runtime.CompilerServices;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Field lines up to the empty line (RFC 9112 §5), for heads and trailers alike.</summary>
internal static class FieldSectionParser
{
    /// <summary>Goes on where the section stands. Complete: <c>section.Length</c> bytes belong to it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // a budget for inlining of its own
    internal static ParseStatus TryParse(ReadOnlySpan<byte> data, FieldLimits limits, FieldSection section,
        out ProtocolErrorCode error)
    {
        int maxCount = limits.MaxCount;
        long sizeEnd = (long)section.Start + limits.MaxSize;
        int limit = (int)Math.Min(sizeEnd, int.MaxValue);
        int lineStart = section.LineStart;
        int scanned = section.Scanned;
        ParseStatus status;
        while (true)
        {
            // Decided by the line's first byte, so after what is decided by none: that no line fits any more.
            if (section.Count == maxCount && lineStart < data.Length && data[lineStart] != '\r'
                && lineStart <= limit - 2 && !LineParser.EndsInLineFeed(data, lineStart, limits.Strictness))
            {
                error = ProtocolErrorCode.TooManyFields;
                return ParseStatus.Invalid;
            }

            if (lineStart <= limit - 2 && data.Length - lineStart >= 2
                && data[lineStart] == '\r' && data[lineStart + 1] == '\n')
            {
                section.Length = lineStart + 2 - section.Start;
                error = ProtocolErrorCode.None;
                return ParseStatus.Complete;
            }

            status = LineParser.FindEnd(data, ref scanned, limit, ProtocolErrorCode.FieldsTooLarge,
                out int end, out error);
            int next = end + 2;
            if (status != ParseStatus.Complete)
            {
                if (error != ProtocolErrorCode.BareLineEnd) break;
                if (!LineParser.EndsInLineFeed(data, end, limits.Strictness)) break;
                next = end + 1;
                if (end == lineStart)
                {
                    section.Length = next - section.Start;
                    error = ProtocolErrorCode.None;
                    return ParseStatus.Complete;
                }
            }

            error = ParseLine(data, lineStart, end, section);
            if (error != ProtocolErrorCode.None) return ParseStatus.Invalid;
            lineStart = scanned = next;
        }

        section.LineStart = lineStart;
        section.Scanned = scanned;
        return status;
    }

    private static ProtocolErrorCode ParseLine(ReadOnlySpan<byte> data, int start, int end, FieldSection section)
    {
        int length = data[start..end].IndexOf((byte)':');
        KnownField known = length < 0 ? KnownField.Unknown : FieldNames.Find(data, start, length);
        if (known == KnownField.Unknown)
        {
            ProtocolErrorCode error = CheckUnknownName(data[start..end], length);
            if (error != ProtocolErrorCode.None) return error;
        }

        int valueStart = start + length + 1;
        while (valueStart < end && data[valueStart] is (byte)' ' or (byte)'\t') valueStart++;
        while (end > valueStart && data[end - 1] is (byte)' ' or (byte)'\t') end--;
        ref FieldLine line = ref section.Add();
        line.NameStart = start;
        line.NameLength = length;
        line.ValueStart = valueStart;
        line.ValueLength = end - valueStart;
        line.Known = known;
        return ProtocolErrorCode.None;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ProtocolErrorCode CheckUnknownName(ReadOnlySpan<byte> line, int nameLength)
    {
        if (line[0] is (byte)' ' or (byte)'\t') return ProtocolErrorCode.LeadingWhitespace;
        if (nameLength < 0) return ProtocolErrorCode.MissingColon;
        return ByteScan.IsToken(line[..nameLength]) ? ProtocolErrorCode.None : ProtocolErrorCode.InvalidFieldName;
    }
}
