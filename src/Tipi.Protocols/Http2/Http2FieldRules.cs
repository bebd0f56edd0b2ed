using System.Buffers;
using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http2;

/// <summary>What each field of a request or of its trailers must be (RFC 9113 §8.2).</summary>
/// <remarks>
/// <code>
/// name    lower-case token characters, one at least
/// value   no control character but HTAB; no blank first or last
/// never   Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding, Upgrade; TE but "trailers"
/// </code>
/// Whatever passes could be written as a field line of HTTP/1.1 and would be read there as the same field: that is how
/// translating requests is kept from splitting or smuggling them. RFC 9113 §8.2.1 asks less of values; what HTTP/1.1
/// refuses here (other controls) is refused in both.
/// </remarks>
internal static class Http2FieldRules
{
    private static readonly SearchValues<byte> s_name =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Checks a field that is no pseudo-header.</summary>
    internal static Http2Error Check(KnownField known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty || name.IndexOfAnyExcept(s_name) >= 0)
            return Malformed("A field name has characters other than lowercase token characters.");
        if (!IsValue(value)) return Malformed("A field value has a control character, or whitespace at an end.");
        switch (known)
        {
            case KnownField.Connection or KnownField.KeepAlive or KnownField.ProxyConnection
                or KnownField.TransferEncoding or KnownField.Upgrade:
                return Malformed("A field is specific to HTTP/1.1 connections.");
            case KnownField.TE when !Ascii.EqualsIgnoreCase(value, "trailers"u8):
                return Malformed("TE has a value other than trailers.");
            default:
                return default;
        }
    }

    /// <summary>
    /// Checks a field of trailers: as above, no pseudo-header, and none that says where the content ends or to whom
    /// the request goes, which is decided by then (RFC 9110 §6.5.1).
    /// </summary>
    internal static Http2Error CheckTrailer(KnownField known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (known is KnownField.ContentLength or KnownField.Host)
            return Malformed("The trailers contain a field that is not allowed there.");
        return !name.IsEmpty && name[0] == ':'
            ? Malformed("The trailers contain a pseudo-header.")
            : Check(known, name, value);
    }

    /// <summary>A malformed message ends its stream (RFC 9113 §8.1.1).</summary>
    internal static Http2Error Malformed(string reason) => Http2Error.Stream(Http2ErrorCode.ProtocolError, reason);

    private static bool IsValue(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return true;
        return !IsBlank(value[0]) && !IsBlank(value[^1]) && ByteScan.IndexOfControl(value, 0) == value.Length;
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';
}
