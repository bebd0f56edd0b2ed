namespace Tipi.Protocols.Hpack;

/// <summary>Encodes a connection's header blocks in their order.</summary>
/// <remarks>A Try method that returns false for lack of space has changed nothing.</remarks>
internal sealed class HpackEncoder
{
    private readonly int _maxTableSize;

    /// <param name="maxTableSize">Bytes of table that we want at most, whatever the peer offers; 0: no table.</param>
    internal HpackEncoder(int maxTableSize) => _maxTableSize = maxTableSize;

    /// <summary>The peer's SETTINGS_HEADER_TABLE_SIZE. The next block tells that it is followed.</summary>
    internal void LimitTableSize(int peerSize) => throw new NotSupportedException($"{_maxTableSize}");

    /// <summary>Begins a block: writes pending size updates (RFC 7541 §4.2), which usually are none.</summary>
    internal bool TryBeginBlock(Span<byte> destination, out int written) =>
        throw new NotSupportedException($"{_maxTableSize}");

    /// <summary>Writes <c>:status</c>.</summary>
    internal bool TryEncodeStatus(int status, Span<byte> destination, out int written) =>
        throw new NotSupportedException($"{_maxTableSize}");

    /// <summary>Writes a field, one byte per character; the name in lower case.</summary>
    internal bool TryEncode(string name, string value, Span<byte> destination, out int written) =>
        throw new NotSupportedException($"{_maxTableSize}");

    /// <summary>Writes a field whose value is encoded already. Such a value is not indexed.</summary>
    internal bool TryEncode(string name, ReadOnlySpan<byte> value, Span<byte> destination, out int written) =>
        throw new NotSupportedException($"{_maxTableSize}");
}
