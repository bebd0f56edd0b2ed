using System.Buffers;
using System.Runtime.CompilerServices;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>The form and the parts of a request target (RFC 9112 §3.2).</summary>
internal static class RequestTarget
{
    /// <summary>The characters of a host and port that are meant for one, rather than by mistake.</summary>
    private static readonly SearchValues<byte> s_usualHost = SearchValues.Create(
        "-.:[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    [MethodImpl(MethodImplOptions.NoInlining)] // a budget for inlining of its own
    internal static ProtocolErrorCode Parse(ReadOnlySpan<byte> data, int start, int length, RequestHead head)
    {
        head.TargetRange = new ByteRange(start, length);
        if (!TargetScan.IsValid(data, start, length, out int query, out bool needsDecoding))
            return ProtocolErrorCode.InvalidTarget;
        if (data[start] != '/') return ParseOtherForm(data, new ByteRange(start, length), head);
        head.PathRange = new ByteRange(start, query);
        head.QueryRange = new ByteRange(start + query, length - query);
        head.PathNeedsDecoding = needsDecoding;
        return head.Method == KnownMethod.Connect
            ? ProtocolErrorCode.ConnectNeedsAuthority
            : ProtocolErrorCode.None;
    }

    /// <summary>Reads a target that was found invalid, as <see cref="TargetScan.Forgive"/> has it.</summary>
    internal static ProtocolErrorCode ParseLeniently(ReadOnlySpan<byte> data, RequestHead head)
    {
        ByteRange target = head.TargetRange;
        byte[] copy = data[..target.End].ToArray();
        Span<byte> text = copy.AsSpan(target.Start);
        if (text[0] != '/' || !TargetScan.Forgive(text, out bool isText)) return ProtocolErrorCode.InvalidTarget;
        ProtocolErrorCode error = Parse(copy, target.Start, target.Length, head);
        head.PathNeedsDecoding |= isText;
        return error;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ProtocolErrorCode ParseOtherForm(ReadOnlySpan<byte> data, ByteRange target, RequestHead head)
    {
        ReadOnlySpan<byte> text = target.Of(data);
        if (text.SequenceEqual("*"u8))
        {
            head.TargetForm = RequestTargetForm.Asterisk;
            return head.Method == KnownMethod.Options
                ? ProtocolErrorCode.None
                : ProtocolErrorCode.AsteriskNeedsOptions;
        }

        int scheme = SchemeLength(text);
        if (scheme != 0) return ParseAbsolute(data, target, target.Start + scheme, head);
        head.TargetForm = RequestTargetForm.Authority;
        head.AuthorityRange = target;
        AuthorityShape shape = AuthorityShape.Of(text);
        if (head.Method == KnownMethod.Connect)
            return shape.IsValid && shape.HasPort ? ProtocolErrorCode.None : ProtocolErrorCode.ConnectNeedsAuthority;
        return shape.IsValid && text.IndexOfAnyExcept(s_usualHost) < 0
            ? ProtocolErrorCode.AuthorityNeedsConnect
            : ProtocolErrorCode.InvalidTarget;
    }

    private static ProtocolErrorCode ParseAbsolute(
        ReadOnlySpan<byte> data, ByteRange target, int authorityStart, RequestHead head)
    {
        head.TargetForm = RequestTargetForm.Absolute;
        if (head.Method == KnownMethod.Connect) return ProtocolErrorCode.ConnectNeedsAuthority;
        ReadOnlySpan<byte> rest = data[authorityStart..target.End];
        int length = rest.IndexOfAny((byte)'/', (byte)'?');
        if (length < 0) length = rest.Length;
        head.AuthorityRange = new ByteRange(authorityStart, length);
        if (!AuthorityShape.Of(rest[..length]).IsValid) return ProtocolErrorCode.InvalidTarget;
        int path = authorityStart + length;
        TargetScan.IsValid(data, path, target.End - path, out int query, out bool needsDecoding);
        head.PathRange = new ByteRange(path, query);
        head.QueryRange = new ByteRange(path + query, target.End - path - query);
        head.PathNeedsDecoding = needsDecoding;
        return ProtocolErrorCode.None;
    }

    private static int SchemeLength(ReadOnlySpan<byte> text)
    {
        if (StartsWithIgnoreCase(text, "http://"u8)) return "http://".Length;
        return StartsWithIgnoreCase(text, "https://"u8) ? "https://".Length : 0;
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix) =>
        text.Length >= prefix.Length && System.Text.Ascii.EqualsIgnoreCase(text[..prefix.Length], prefix);
}
