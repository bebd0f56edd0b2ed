using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tipi.Protocols.Http;

/// <summary>The names of <see cref="KnownField"/> and the way back from bytes or text to a known field.</summary>
/// <remarks>
/// A name is found by one multiplication and one compare: its length and its first and last two bytes pick a slot of a
/// table without collisions, and a 32-byte vector compares the whole name, letters without case.
/// </remarks>
public static class FieldNames
{
    /// <summary>The length of the longest known name; it is also the width of the compare.</summary>
    internal const int MaxLength = 32;

    private const int SlotBits = 9;
    private const uint Multiplier = 0x972aea4f; // found by search: no two known names share a slot

    // In the order of KnownField. Literals, so that they are the same instances as equal literals elsewhere.
    private static readonly string[] s_names =
    [
        "", "Host", "Connection", "Content-Length", "Transfer-Encoding", "Expect", "Upgrade", "Accept",
        "Accept-Charset", "Accept-Encoding", "Accept-Language", "Access-Control-Request-Headers",
        "Access-Control-Request-Method", "Authorization", "baggage", "Cache-Control", "Content-Type", "Cookie",
        "Correlation-Context", "DNT", "Forwarded", "From", "Grpc-Accept-Encoding", "Grpc-Encoding", "Grpc-Timeout",
        "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive",
        "Max-Forwards", "Origin", "Pragma", "Priority", "Proxy-Authorization", "Proxy-Connection", "Range",
        "Referer", "Request-Id", "Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform", "Sec-Fetch-Dest",
        "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key",
        "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "TE", "traceparent", "tracestate", "Trailer",
        "Translate", "Upgrade-Insecure-Requests", "User-Agent", "Via", "Warning", "X-Forwarded-For",
        "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "X-Request-ID", "X-Requested-With", "Accept-Ranges",
        "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Age", "Allow",
        "Alt-Svc", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5",
        "Content-Range", "Content-Security-Policy", "Date", "ETag", "Expires", "Grpc-Message", "Grpc-Status",
        "Last-Modified", "Link", "Location", "Proxy-Authenticate", "Retry-After", "Sec-WebSocket-Accept", "Server",
        "Server-Timing", "Set-Cookie", "Strict-Transport-Security", "Vary", "WWW-Authenticate",
        "X-Content-Type-Options", "X-Frame-Options", "X-Powered-By", "X-UA-Compatible", "X-XSS-Protection",
    ];

    private static readonly byte[] s_slots = new byte[1 << SlotBits];
    private static readonly Pattern[] s_patterns = new Pattern[s_names.Length];

    static FieldNames()
    {
        Span<byte> text = stackalloc byte[MaxLength];
        Span<byte> care = stackalloc byte[MaxLength];
        for (int i = 1; i < s_names.Length; i++)
        {
            text.Clear();
            care.Clear();
            string name = s_names[i];
            for (int c = 0; c < name.Length; c++)
            {
                text[c] = (byte)name[c];
                care[c] = char.IsAsciiLetter(name[c]) ? (byte)0xDF : (byte)0xFF; // a letter's case does not matter
            }

            s_patterns[i] = new Pattern(Vector256.Create<byte>(text), Vector256.Create<byte>(care), name.Length);
            s_slots[Slot(text[..name.Length])] = (byte)i;
        }
    }

    /// <summary>How many known fields there are, <see cref="KnownField.Unknown"/> counted as one.</summary>
    public static int Count => s_names.Length;

    /// <summary>The usual spelling of a known field's name, always the same instance; "" for Unknown.</summary>
    public static string GetName(KnownField field) => s_names[(int)field];

    /// <summary>Finds a known field by its name in any case. Unknown when there is none.</summary>
    public static KnownField Find(ReadOnlySpan<byte> name) => Find(name, 0, name.Length);

    /// <summary>Finds a known field by its name in any case. Unknown when there is none.</summary>
    public static KnownField Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if ((uint)(name.Length - 2) > MaxLength - 2) return KnownField.Unknown;
        int index = s_slots[Slot((uint)name.Length, name[0], name[^2], name[^1])];
        if (ReferenceEquals(s_names[index], name)) return (KnownField)index; // as nearly all names in a program are
        Span<byte> bytes = stackalloc byte[MaxLength];
        if (!System.Text.Ascii.IsValid(name)) return KnownField.Unknown;
        System.Text.Encoding.ASCII.GetBytes(name, bytes);
        return Find(bytes, 0, name.Length);
    }

    /// <summary>The same for a name inside a head: the bytes after it let the compare load a whole vector.</summary>
    internal static KnownField Find(ReadOnlySpan<byte> data, int start, int length)
    {
        if ((uint)(length - 2) > MaxLength - 2) return KnownField.Unknown;
        int index = s_slots[Slot(data.Slice(start, length))];
        ref readonly Pattern pattern = ref s_patterns[index];
        if (pattern.Length != length) return KnownField.Unknown;
        Vector256<byte> text = data.Length - start >= MaxLength
            ? Vector256.Create(data.Slice(start, MaxLength))
            : NearTheEnd(data[start..], length);
        return ((text ^ pattern.Text) & pattern.Care) == Vector256<byte>.Zero ? (KnownField)index : KnownField.Unknown;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> NearTheEnd(ReadOnlySpan<byte> rest, int length) =>
        length <= sizeof(ulong) && rest.Length >= sizeof(ulong)
            ? Vector256.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(rest)).AsByte()
            : Padded(rest[..length]);

    private static Vector256<byte> Padded(ReadOnlySpan<byte> name)
    {
        Span<byte> padded = stackalloc byte[MaxLength];
        padded.Clear();
        name.CopyTo(padded);
        return Vector256.Create<byte>(padded);
    }

    private static int Slot(ReadOnlySpan<byte> name) => Slot((uint)name.Length, name[0], name[^2], name[^1]);

    private static int Slot(uint length, uint first, uint lastButOne, uint last)
    {
        uint ends = length | Fold(lastButOne) << 8 | Fold(first) << 16 | Fold(last) << 24;
        return (int)((ends * Multiplier) >> (32 - SlotBits));
    }

    private static uint Fold(uint letter) => letter | 0x20u;

    /// <summary>A name as a vector, and which of its bits must be equal.</summary>
    private readonly record struct Pattern(Vector256<byte> Text, Vector256<byte> Care, int Length);
}
