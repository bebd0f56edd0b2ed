using System.Buffers.Binary;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Parses response heads (RFC 9112 §4, §5), as strictly as request heads.</summary>
public static class Http1ResponseParser
{
    private const int ReasonOffset = 13; // after "HTTP/1.1 200 "
    private const ulong VersionPrefix = 0x002E_312F_5054_5448; // "HTTP/1." in little-endian order
    private const ulong VersionMask = 0x00FF_FFFF_FFFF_FFFF;

    /// <summary>Parses a response head that begins with the first byte of <paramref name="data"/>.</summary>
    /// <param name="data">One contiguous run of bytes; bytes after the head are ignored.</param>
    /// <param name="limits">Limits of the head.</param>
    /// <param name="requestMethod">The method of the request that it answers: it decides about the body.</param>
    /// <param name="head">Where the result goes. Reset before the first call for a message and only then.</param>
    /// <param name="error">Why it is invalid; None otherwise.</param>
    /// <returns>As <see cref="Http1RequestParser.TryParse"/>.</returns>
    public static ParseStatus TryParse(ReadOnlySpan<byte> data, Http1Limits limits, KnownMethod requestMethod,
        ResponseHead head, out ProtocolError error)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(head);
        ProtocolErrorCode code = ProtocolErrorCode.None;
        ParseStatus status = head.InFields ? ParseStatus.Complete : ParseStatusLine(data, limits, head, out code);
        if (status == ParseStatus.Complete)
        {
            FieldSection fields = head.Fields;
            status = FieldSectionParser.TryParse(data, limits.ResponseFields, fields, out code);
            if (status == ParseStatus.Complete)
            {
                code = ApplyFields(data, requestMethod, head);
                head.Length = fields.Start + fields.Length;
                if (code != ProtocolErrorCode.None) status = ParseStatus.Invalid;
            }
        }

        error = new ProtocolError(code);
        return status;
    }

    private static ParseStatus ParseStatusLine(
        ReadOnlySpan<byte> data, Http1Limits limits, ResponseHead head, out ProtocolErrorCode error)
    {
        int scanned = head.Scanned;
        ParseStatus status = LineParser.FindEnd(data, ref scanned, limits.MaxRequestLineSize,
            ProtocolErrorCode.StatusLineTooLong, out int end, out error);
        head.Scanned = scanned;
        if (status != ParseStatus.Complete) return status;
        error = ParseStatusLine(data[..end], head);
        if (error != ProtocolErrorCode.None) return ParseStatus.Invalid;
        head.InFields = true;
        head.Fields.Begin(end + 2);
        return ParseStatus.Complete;
    }

    /// <summary>
    /// The space after the status may be missing where no reason follows: RFC 9112 §4 asks for it, but servers in use
    /// leave it out and nothing is ambiguous without it.
    /// </summary>
    private static ProtocolErrorCode ParseStatusLine(ReadOnlySpan<byte> line, ResponseHead head)
    {
        if (line.Length < ReasonOffset - 1) return ProtocolErrorCode.InvalidStatusLine;
        ulong version = BinaryPrimitives.ReadUInt64LittleEndian(line);
        if ((version & VersionMask) != VersionPrefix)
            return line.StartsWith("HTTP/"u8) ? ProtocolErrorCode.UnsupportedVersion : ProtocolErrorCode.InvalidVersion;
        if (line[7] is not ((byte)'0' or (byte)'1')) return ProtocolErrorCode.UnsupportedVersion;
        if (line[8] != ' ' || (line.Length >= ReasonOffset && line[ReasonOffset - 1] != ' '))
            return ProtocolErrorCode.InvalidStatusLine;
        int code = 0;
        foreach (byte digit in line[9..12])
        {
            if (!char.IsAsciiDigit((char)digit)) return ProtocolErrorCode.InvalidStatusLine;
            code = code * 10 + (digit - '0');
        }

        if (code < 100) return ProtocolErrorCode.InvalidStatusLine;
        head.MinorVersion = line[7] - '0';
        head.StatusCode = code;
        if (line.Length > ReasonOffset) head.ReasonRange = new ByteRange(ReasonOffset, line.Length - ReasonOffset);
        return ProtocolErrorCode.None;
    }

    private static ProtocolErrorCode ApplyFields(ReadOnlySpan<byte> data, KnownMethod requestMethod, ResponseHead head)
    {
        FramingFields framing = default;
        ConnectionOptions connection = default;
        FieldSection fields = head.Fields;
        for (int i = 0; i < fields.Count; i++)
        {
            ref readonly FieldLine line = ref fields[i];
            switch (line.Known)
            {
                case KnownField.Connection: connection.Add(line.Value(data)); break;
                case KnownField.ContentLength: framing.AddContentLength(line.Value(data)); break;
                case KnownField.TransferEncoding: framing.AddTransferEncoding(line.Value(data)); break;
            }
        }

        ProtocolErrorCode error = MessageFraming.ForResponse(
            in framing, head.MinorVersion, head.StatusCode, requestMethod, out BodyFraming body);
        head.ContentLength = framing.ContentLength;
        head.Body = body;
        head.KeepAlive = connection.Persists(head.MinorVersion) && body.Kind != BodyKind.UntilClose;
        return error;
    }
}
