using System.Buffers;
using System.Text;

namespace Tipi.Protocols.Http;

/// <summary>Turns the encoded path of a request target into the path that an application sees.</summary>
/// <remarks>
/// As Kestrel does: percent escapes are decoded as UTF-8 and then dot segments are removed (RFC 3986 §5.2.4).
/// <c>%2F</c> stays, so that it never becomes a separator, and so does an escape that is malformed or not UTF-8.
/// <c>%00</c> is refused.
/// </remarks>
public static class PathDecoding
{
    private const int StackSize = 256;

    /// <summary>Decodes a path that begins with a slash and holds ASCII only, as the parser guarantees.</summary>
    /// <param name="path">The encoded path.</param>
    /// <param name="decoded">The decoded path; null if it is rejected.</param>
    /// <returns>False when the path contains <c>%00</c>: answer 400.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> path, out string? decoded)
    {
        byte[]? rented = path.Length > StackSize ? ArrayPool<byte>.Shared.Rent(path.Length) : null;
        Span<byte> buffer = rented ?? stackalloc byte[StackSize];
        bool valid = TryDecode(path, buffer, out int written);
        decoded = valid ? Encoding.UTF8.GetString(buffer[..written]) : null;
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return valid;
    }

    /// <summary>The same into bytes, UTF-8, never longer than <paramref name="path"/>.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than the path.</exception>
    public static bool TryDecode(ReadOnlySpan<byte> path, Span<byte> destination, out int written)
    {
        if (destination.Length < path.Length)
            throw new ArgumentException("The destination is too short.", nameof(destination));
        written = 0;
        if (!TryUnescape(path, destination, out int length)) return false;
        written = RemoveDotSegments(destination[..length]);
        return true;
    }

    private static bool TryUnescape(ReadOnlySpan<byte> path, Span<byte> destination, out int length)
    {
        length = 0;
        Span<byte> sequence = stackalloc byte[4];
        int i = 0;
        while (i < path.Length)
        {
            if (path[i] != '%')
            {
                destination[length++] = path[i++];
                continue;
            }

            int count = ReadSequence(path[i..], sequence);
            if (count == 1 && sequence[0] == 0) return false;
            if (count == 0 || (count == 1 && sequence[0] == '/'))
            {
                destination[length++] = path[i++];
                continue;
            }

            sequence[..count].CopyTo(destination[length..]);
            length += count;
            i += count * 3;
        }

        return true;
    }

    /// <summary>Reads the escapes of one character. 0 when they are malformed or not one character of UTF-8.</summary>
    private static int ReadSequence(ReadOnlySpan<byte> path, Span<byte> sequence)
    {
        for (int count = 0; count < sequence.Length; count++)
        {
            if (!TryReadEscape(path[(count * 3)..], out sequence[count])) return 0;
            OperationStatus status = Rune.DecodeFromUtf8(sequence[..(count + 1)], out _, out _);
            if (status == OperationStatus.Done) return count + 1;
            if (status == OperationStatus.InvalidData) return 0;
        }

        return 0;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.Length < 3 || text[0] != '%') return false;
        if (!char.IsAsciiHexDigit((char)text[1]) || !char.IsAsciiHexDigit((char)text[2])) return false;
        value = (byte)((FromHex(text[1]) << 4) | FromHex(text[2]));
        return true;
    }

    private static int FromHex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary>Removes <c>.</c> and <c>..</c> segments in place and returns the new length.</summary>
    private static int RemoveDotSegments(Span<byte> path)
    {
        if (path.IndexOf("/."u8) < 0) return path.Length;
        int length = 0;
        int i = 0;
        while (i < path.Length)
        {
            int next = path[(i + 1)..].IndexOf((byte)'/');
            int end = next < 0 ? path.Length : i + 1 + next;
            ReadOnlySpan<byte> segment = path[(i + 1)..end];
            bool isLast = end == path.Length;
            if (segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8))
            {
                if (segment.Length == 2) length = Math.Max(path[..length].LastIndexOf((byte)'/'), 0);
                if (isLast) path[length++] = (byte)'/';
            }
            else
            {
                path[i..end].CopyTo(path[length..]);
                length += end - i;
            }

            i = end;
        }

        return length;
    }
}
