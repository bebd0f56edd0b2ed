using System.Numerics;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Hpack;

/// <summary>Writes integers and strings into a span. After a lack of space it writes nothing more.</summary>
internal ref struct HpackWriter
{
    private const int MaxShortenedName = 64;

    private readonly Span<byte> _destination;
    private int _written;
    private bool _isFull;

    internal HpackWriter(Span<byte> destination) => _destination = destination;

    /// <summary>Whether there was space for all, and how much it took.</summary>
    internal readonly bool TryEnd(out int written)
    {
        written = _isFull ? 0 : _written;
        return !_isFull;
    }

    /// <summary>Writes an integer behind the bits of a representation.</summary>
    internal void WriteInteger(int representation, int prefixBits, int value)
    {
        Span<byte> free = Reserve(HpackInteger.GetSize(value, prefixBits));
        if (!free.IsEmpty) HpackInteger.Write(free, representation, prefixBits, value);
    }

    /// <summary>Writes a name in lower case, with Huffman's code where that is wanted and shorter.</summary>
    internal void WriteName(in HpackName name, bool isShortened)
    {
        int length = name.Text.Length;
        Span<byte> lower = stackalloc byte[MaxShortenedName];
        if (isShortened && length <= MaxShortenedName)
        {
            name.CopyTo(lower);
            if (TryWriteHuffman<byte>(lower[..length])) return;
        }

        WriteInteger(0, 7, length);
        Span<byte> free = Reserve(length);
        if (!free.IsEmpty) name.CopyTo(free);
    }

    /// <summary>Writes a value, one byte per character.</summary>
    internal void WriteValue(string value, bool isShortened)
    {
        if (isShortened && TryWriteHuffman<char>(value)) return;
        WriteInteger(0, 7, value.Length);
        Span<byte> free = Reserve(value.Length);
        if (!free.IsEmpty) OneByteText.Write(value, free);
    }

    /// <summary>Writes a value that is encoded already.</summary>
    internal void WriteValue(scoped ReadOnlySpan<byte> value, bool isShortened)
    {
        if (isShortened && TryWriteHuffman(value)) return;
        WriteInteger(0, 7, value.Length);
        Span<byte> free = Reserve(value.Length);
        if (!free.IsEmpty) value.CopyTo(free);
    }

    private bool TryWriteHuffman<T>(scoped ReadOnlySpan<T> text)
        where T : unmanaged, IBinaryInteger<T>
    {
        int size = HuffmanEncoder.GetSize(text);
        if (size >= text.Length) return false;
        WriteInteger(0x80, 7, size);
        Span<byte> free = Reserve(size);
        if (!free.IsEmpty) HuffmanEncoder.Encode(text, free);
        return true;
    }

    /// <summary>The next bytes; none when there are not that many.</summary>
    private Span<byte> Reserve(int size)
    {
        if (_isFull || size > _destination.Length - _written)
        {
            _isFull = true;
            return default;
        }

        Span<byte> reserved = _destination.Slice(_written, size);
        _written += size;
        return reserved;
    }
}
