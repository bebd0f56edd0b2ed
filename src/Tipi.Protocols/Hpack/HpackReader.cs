using System.Buffers;

namespace Tipi.Protocols.Hpack;

/// <summary>Reads the integers and strings of one block.</summary>
internal ref struct HpackReader
{
    private readonly ReadOnlySpan<byte> _block;
    private int _position;

    // Rented for the first Huffman string, for all that the rest of the block could decode to; each field begins anew.
    private byte[]? _scratch;
    private int _used;

    internal HpackReader(ReadOnlySpan<byte> block) => _block = block;

    /// <summary>Whether all was read.</summary>
    internal readonly bool IsAtEnd => _position == _block.Length;

    /// <summary>The next byte, whose high bits say what follows. Not at the end.</summary>
    internal readonly byte Next => _block[_position];

    /// <summary>Gives back what was rented.</summary>
    internal void Dispose()
    {
        if (_scratch is not null) ArrayPool<byte>.Shared.Return(_scratch);
        _scratch = null;
    }

    /// <summary>Forgets the strings of the field before.</summary>
    internal void BeginField() => _used = 0;

    /// <summary>Reads an integer from the low bits of the next byte on.</summary>
    internal HpackError ReadInteger(int prefixBits, out int value) =>
        HpackInteger.Read(_block, ref _position, prefixBits, out value);

    /// <summary>Reads a string, which is valid until the next field.</summary>
    internal HpackError ReadString(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (IsAtEnd) return HpackError.Truncated;
        bool isHuffman = Next >= 0x80;
        HpackError error = ReadInteger(7, out int length);
        if (error != HpackError.None) return error;
        if (length > _block.Length - _position) return HpackError.Truncated;
        ReadOnlySpan<byte> raw = _block.Slice(_position, length);
        _position += length;
        if (isHuffman) return Decode(raw, out text);
        text = raw;
        return HpackError.None;
    }

    private HpackError Decode(ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> text)
    {
        int rest = _block.Length - _position + raw.Length;
        _scratch ??= ArrayPool<byte>.Shared.Rent(HuffmanDecoder.GetMaxSize(rest));
        HpackError error = HuffmanDecoder.Decode(raw, _scratch.AsSpan(_used), out int written);
        text = _scratch.AsSpan(_used, written);
        _used += written;
        return error;
    }
}
