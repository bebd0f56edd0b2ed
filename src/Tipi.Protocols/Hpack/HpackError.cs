namespace Tipi.Protocols.Hpack;

/// <summary>
/// Why a header block cannot be decoded. Each is a connection error COMPRESSION_ERROR (RFC 9113 §4.3): the table is no
/// longer in step with the peer's.
/// </summary>
internal enum HpackError : byte
{
    /// <summary>The block was decoded.</summary>
    None = 0,

    /// <summary>The block ends within a field or a size update.</summary>
    Truncated,

    /// <summary>An integer above 2^31 - 1 or of more bytes than that needs (RFC 7541 §5.1).</summary>
    IntegerTooLarge,

    /// <summary>An indexed field with the index 0 (RFC 7541 §6.1).</summary>
    IndexZero,

    /// <summary>An index beyond both tables (RFC 7541 §2.3.3).</summary>
    IndexTooLarge,

    /// <summary>A size update above the limit (RFC 7541 §6.3).</summary>
    SizeUpdateTooLarge,

    /// <summary>A size update after a field (RFC 7541 §4.2).</summary>
    SizeUpdateTooLate,

    /// <summary>The limit was lowered and acknowledged, and the block says nothing of it (RFC 7541 §4.2).</summary>
    SizeUpdateMissing,

    /// <summary>A Huffman string that contains EOS (RFC 7541 §5.2).</summary>
    HuffmanEos,

    /// <summary>A Huffman string that ends with bits that are not the beginning of EOS (RFC 7541 §5.2).</summary>
    HuffmanPadding,

    /// <summary>A Huffman string that ends with more than seven bits of padding (RFC 7541 §5.2).</summary>
    HuffmanPaddingTooLong,
}
