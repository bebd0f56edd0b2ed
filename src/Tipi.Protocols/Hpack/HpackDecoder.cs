namespace Tipi.Protocols.Hpack;

/// <summary>Decodes a connection's header blocks in their order.</summary>
internal sealed class HpackDecoder
{
    private readonly int _maxTableSize;

    /// <param name="maxTableSize">What our SETTINGS_HEADER_TABLE_SIZE says.</param>
    internal HpackDecoder(int maxTableSize) => _maxTableSize = maxTableSize;

    /// <summary>The peer has acknowledged our settings: from now on the limit holds.</summary>
    internal void OnSettingsAcknowledged() => throw new NotSupportedException($"{_maxTableSize}");

    /// <summary>
    /// Decodes one whole block, HEADERS and CONTINUATIONs joined. Every field goes to the sink; when the sink answers
    /// false the rest is still decoded, so that the table stays in step, and the sink is not asked again.
    /// </summary>
    internal HpackError Decode<TSink>(ReadOnlySpan<byte> block, ref TSink sink)
        where TSink : struct, IHpackSink, allows ref struct => throw new NotSupportedException($"{_maxTableSize}");
}
