using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>A request line (RFC 9112 §3) once its end is known.</summary>
internal static class RequestLineParser
{
    private const int VersionLength = 8;
    private const ulong Http11 = 0x312E_312F_5054_5448; // "HTTP/1.1" in little-endian order
    private const ulong Http10 = 0x302E_312F_5054_5448;

    [MethodImpl(MethodImplOptions.NoInlining)] // a budget for inlining of its own
    internal static ProtocolErrorCode Parse(ReadOnlySpan<byte> data, int start, int end, RequestHead head)
    {
        ReadOnlySpan<byte> line = data[start..end];
        int space = MethodLength(line, head);
        if (space <= 0) return ProtocolErrorCode.InvalidRequestLine;
        head.MethodRange = new ByteRange(start, space);
        if (head.Method == KnownMethod.Custom && !ByteScan.IsToken(line[..space]))
            return ProtocolErrorCode.InvalidMethod;

        int targetEnd = line.Length - VersionLength - 1;
        if (targetEnd < space + 2 || line[targetEnd] != ' ') return ExplainVersion(line, space);
        ulong version = BinaryPrimitives.ReadUInt64LittleEndian(line[^VersionLength..]);
        if (version == Http11)
            head.MinorVersion = 1;
        else if (version != Http10)
            return ExplainVersion(line, space);
        return RequestTarget.Parse(data, start + space + 1, targetEnd - space - 1, head);
    }

    private static int MethodLength(ReadOnlySpan<byte> line, RequestHead head)
    {
        if (line.Length < sizeof(ulong)) return line.IndexOf((byte)' ');
        head.Method = MethodNames.FindWithSpace(BinaryPrimitives.ReadUInt64LittleEndian(line));
        return head.Method == KnownMethod.Custom
            ? line.IndexOf((byte)' ')
            : MethodNames.GetName(head.Method).Length;
    }

    private static ProtocolErrorCode ExplainVersion(ReadOnlySpan<byte> line, int space)
    {
        if (line.SequenceEqual("PRI * HTTP/2.0"u8)) return ProtocolErrorCode.Http2Preface;
        int last = line.LastIndexOf((byte)' ');
        if (last <= space + 1) return ProtocolErrorCode.InvalidRequestLine;
        ReadOnlySpan<byte> version = line[(last + 1)..];
        bool isHttp = version.Length == VersionLength && version.StartsWith("HTTP/"u8) && version[6] == '.'
            && char.IsAsciiDigit((char)version[5]) && char.IsAsciiDigit((char)version[7]);
        if (!isHttp) return ProtocolErrorCode.InvalidVersion;
        return version[5..].SequenceEqual("1.1"u8) || version[5..].SequenceEqual("1.0"u8)
            ? ProtocolErrorCode.InvalidRequestLine
            : ProtocolErrorCode.UnsupportedVersion;
    }
}
