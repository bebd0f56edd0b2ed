namespace Tipi.Protocols.Http1;

/// <summary>Writes the framing of a chunked body (RFC 9112 §7.1).</summary>
public static class ChunkedEncoder
{
    /// <summary>The longest chunk header: eight digits and CRLF.</summary>
    public const int MaxPrefixSize = 10;

    private const int LineEndSize = 2;

    /// <summary>What follows the data of every chunk.</summary>
    public static ReadOnlySpan<byte> ChunkEnd => "\r\n"u8;

    /// <summary>The chunk that ends a body without trailers.</summary>
    public static ReadOnlySpan<byte> FinalChunk => "0\r\n\r\n"u8;

    /// <summary>The line that ends the chunks; trailer fields and an empty line follow.</summary>
    public static ReadOnlySpan<byte> FinalChunkLine => "0\r\n"u8;

    /// <summary>Writes the header of a chunk of <paramref name="length"/> bytes; returns its size, 3 to 10.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive: 0 would end the body.</exception>
    public static int WriteChunkHeader(Span<byte> destination, int length)
    {
        int size = HeaderSize(length);
        WriteFixedChunkHeader(destination[..size], length);
        return size;
    }

    /// <summary>
    /// Writes the header so that it ends where <paramref name="destination"/> ends, right before data that is in place
    /// already, and returns its size.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static int WriteChunkHeaderBackwards(Span<byte> destination, int length)
    {
        int size = HeaderSize(length);
        WriteFixedChunkHeader(destination[^size..], length);
        return size;
    }

    /// <summary>Fills the entire destination with a header, with the size padded with zeros on the left.</summary>
    /// <exception cref="ArgumentException">The destination is too short for the length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static void WriteFixedChunkHeader(Span<byte> destination, int length)
    {
        if (HeaderSize(length) > destination.Length)
            throw new ArgumentException("The destination is too short.", nameof(destination));
        uint rest = (uint)length;
        for (int i = destination.Length - LineEndSize - 1; i >= 0; i--, rest >>= 4)
            destination[i] = "0123456789abcdef"u8[(int)(rest & 0xF)];
        ChunkEnd.CopyTo(destination[^LineEndSize..]);
    }

    private static int HeaderSize(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return (31 - int.LeadingZeroCount(length)) / 4 + 1 + LineEndSize;
    }
}
