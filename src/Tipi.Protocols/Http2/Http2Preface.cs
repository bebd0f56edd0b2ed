using System.Buffers;
using System.Buffers.Text;

namespace Tipi.Protocols.Http2;

/// <summary>How a client begins: the fixed bytes, or an upgrade from HTTP/1.1.</summary>
internal static class Http2Preface
{
    /// <summary>The longest HTTP2-Settings that is read, in bytes: over thirty settings; eight exist.</summary>
    private const int MaxUpgradeSettings = 256;

    /// <summary>The first bytes of every client (RFC 9113 §3.4); SETTINGS follows.</summary>
    internal static ReadOnlySpan<byte> Bytes => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Compares a beginning, of any length, with the preface.</summary>
    internal static PrefaceMatch Match(ReadOnlySpan<byte> data)
    {
        int length = Math.Min(data.Length, Bytes.Length);
        if (!data[..length].SequenceEqual(Bytes[..length])) return PrefaceMatch.IsNot;
        return length == Bytes.Length ? PrefaceMatch.Is : PrefaceMatch.NeedMore;
    }

    /// <summary>The same where the bytes lie in pieces.</summary>
    internal static PrefaceMatch Match(in ReadOnlySequence<byte> data)
    {
        if (data.IsSingleSegment) return Match(data.FirstSpan);
        Span<byte> beginning = stackalloc byte[Bytes.Length];
        int length = (int)Math.Min(data.Length, Bytes.Length);
        data.Slice(0, length).CopyTo(beginning);
        return Match(beginning[..length]);
    }

    /// <summary>Looks whether what is no preface is a request line of HTTP/1.</summary>
    /// <param name="data">All that has come.</param>
    /// <param name="longest">Bytes beyond which no line is waited for.</param>
    /// <returns>Null while that cannot be told.</returns>
    internal static bool? IsHttp1(in ReadOnlySequence<byte> data, int longest)
    {
        if (data.IsEmpty || data.FirstSpan[0] is < (byte)'A' or > (byte)'Z') return false;
        if (data.PositionOf((byte)'\n') is not { } end) return data.Length <= longest ? null : false;
        ReadOnlySequence<byte> line = data.Slice(0, end);
        if (line.Length > longest) return false;
        ReadOnlySpan<byte> text = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        return text.TrimEnd((byte)'\r') is [.., (byte)' ', _, _, _, _, _, (byte)'1', (byte)'.', _] version
            && version[^8..^3].SequenceEqual("HTTP/"u8);
    }

    /// <summary>
    /// The HTTP2-Settings of <c>Upgrade: h2c</c>: the payload of a SETTINGS frame in base64url without padding
    /// (RFC 7540 §3.2.1). False when it is not one; the upgrade is then to be ignored.
    /// </summary>
    internal static bool TryReadUpgradeSettings(ReadOnlySpan<byte> base64Url, Http2Settings settings)
    {
        Span<byte> payload = stackalloc byte[MaxUpgradeSettings];
        if (base64Url.Length > MaxUpgradeSettings || base64Url.ContainsAny("= \t\r\n"u8)) return false;
        OperationStatus status = Base64Url.DecodeFromUtf8(base64Url, payload, out _, out int length);
        return status == OperationStatus.Done && length % 6 == 0 && settings.Apply(payload[..length]).IsNone;
    }
}
