using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Finds the end of a line, and holds the rule by which any cut of the input gives the same answer.</summary>
/// <remarks>
/// A line is judged only when its CRLF is there. Before that it can fail for two reasons, both decided by its bytes
/// alone: it reaches the limit, or it contains a control character (a bare CR or LF is one). Whoever is lenient takes
/// the second for an end after all, when it is LF.
/// </remarks>
internal static class LineParser
{
    /// <summary>
    /// Looks for CRLF from <paramref name="scanned"/> on. Complete: <paramref name="end"/> is where the CR stands.
    /// NeedMore: <paramref name="scanned"/> has moved, so that no byte is looked at twice.
    /// </summary>
    /// <param name="data">The bytes.</param>
    /// <param name="scanned">Where to go on; updated.</param>
    /// <param name="limit">The line end must lie before this position.</param>
    /// <param name="tooLong">The error when it does not.</param>
    /// <param name="end">Where the line's CR stands.</param>
    /// <param name="error">Why it is invalid.</param>
    internal static ParseStatus FindEnd(ReadOnlySpan<byte> data, ref int scanned, int limit,
        ProtocolErrorCode tooLong, out int end, out ProtocolErrorCode error)
    {
        end = ByteScan.IndexOfControl(data, scanned);
        error = ProtocolErrorCode.None;
        if (end < data.Length - 1 && end <= limit - 2 && data[end] == '\r' && data[end + 1] == '\n')
            return ParseStatus.Complete;
        return Explain(data, ref scanned, limit, tooLong, end, out error);
    }

    /// <summary>Leniently, LF alone ends a line where the search for its end has stopped.</summary>
    internal static bool EndsInLineFeed(ReadOnlySpan<byte> data, int end, HttpStrictness strictness) =>
        strictness == HttpStrictness.Lenient && data[end] == '\n';

    private static ParseStatus Explain(ReadOnlySpan<byte> data, ref int scanned, int limit,
        ProtocolErrorCode tooLong, int stop, out ProtocolErrorCode error)
    {
        scanned = stop;
        error = ProtocolErrorCode.None;
        if (stop > limit - 2)
            error = tooLong;
        else if (stop < data.Length && data[stop] is not ((byte)'\r' or (byte)'\n'))
            error = ProtocolErrorCode.ControlCharacter;
        else if (stop < data.Length && (data[stop] == '\n' || stop + 1 < data.Length))
            error = ProtocolErrorCode.BareLineEnd;
        return error == ProtocolErrorCode.None ? ParseStatus.NeedMore : ParseStatus.Invalid;
    }
}
