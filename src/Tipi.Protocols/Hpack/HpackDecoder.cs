namespace Tipi.Protocols.Hpack;

/// <summary>Decodes a connection's header blocks, RFC 7541, in their order. One thread at a time.</summary>
/// <remarks>
/// <code>
///  1iiiiiii                              indexed field
///  01nnnnnn [name] value                 literal, which goes into the table
///  001sssss                              size update: only before the first field
///  0000nnnn [name] value                 literal
///  0001nnnn [name] value                 literal that nobody may index
///
///  i, n   1 to 61: the static table; from 62: the dynamic one, the newest entry first; n = 0: the name is a literal
/// </code>
/// What a block can cost, whatever it says: a byte of it is an indexed field, two bytes an entry of an own name's value
/// (about 60 bytes of garbage, of which the table keeps <c>MaxSize / 32</c>), and five bits of Huffman a byte of a
/// rented buffer. Time and memory are thus linear in the block's size, which the frames limit. Only the sink could make
/// more of it, since a byte may mean a field as large as the table: that is for it to count, and to refuse; from then
/// on an indexed field is a few compares.
/// <para>After an error the table is out of step, and the decoder of no more use.</para>
/// </remarks>
internal sealed class HpackDecoder
{
    /// <summary>A table's size before settings say another, RFC 9113 §6.5.2.</summary>
    internal const int DefaultTableSize = 4096;

    private readonly DecoderTable _table = new();
    private readonly int _maxTableSize;
    private bool _isAcknowledged;

    /// <param name="maxTableSize">What our SETTINGS_HEADER_TABLE_SIZE says.</param>
    internal HpackDecoder(int maxTableSize) => _maxTableSize = maxTableSize;

    /// <summary>
    /// The peer has acknowledged our settings: from now on the limit holds. Before, a peer that has not seen them may
    /// use the table of the default size; a smaller limit must then begin the next block (RFC 7541 §4.2).
    /// </summary>
    internal void OnSettingsAcknowledged() => _isAcknowledged = true;

    /// <summary>
    /// Decodes one whole block, HEADERS and CONTINUATIONs joined. Every field goes to the sink; when the sink answers
    /// false the rest is still decoded, so that the table stays in step, and the sink is not asked again.
    /// </summary>
    internal HpackError Decode<TSink>(ReadOnlySpan<byte> block, ref TSink sink)
        where TSink : struct, IHpackSink, allows ref struct
    {
        var reader = new HpackReader(block);
        try
        {
            HpackError error = ReadSizeUpdates(ref reader);
            for (bool isWanted = true; error == HpackError.None && !reader.IsAtEnd;)
                error = ReadField(ref reader, ref sink, ref isWanted);
            return error;
        }
        finally
        {
            reader.Dispose();
        }
    }

    private HpackError ReadSizeUpdates(ref HpackReader reader)
    {
        int limit = _isAcknowledged ? _maxTableSize : Math.Max(_maxTableSize, DefaultTableSize);
        while (!reader.IsAtEnd && (reader.Next & 0xE0) == 0x20)
        {
            HpackError error = reader.ReadInteger(5, out int size);
            if (error != HpackError.None) return error;
            if (size > limit) return HpackError.SizeUpdateTooLarge;
            _table.Resize(size);
        }

        return _table.MaxSize > limit ? HpackError.SizeUpdateMissing : HpackError.None;
    }

    private HpackError ReadField<TSink>(ref HpackReader reader, ref TSink sink, ref bool isWanted)
        where TSink : struct, IHpackSink, allows ref struct
    {
        byte first = reader.Next;
        if (first < 0x80) return ReadLiteral(ref reader, first, ref sink, ref isWanted);
        HpackError error = reader.ReadInteger(7, out int index);
        if (error != HpackError.None) return error;
        if (index == 0) return HpackError.IndexZero;
        if (index > StaticTable.Count + _table.Count) return HpackError.IndexTooLarge;
        if (isWanted) isWanted = sink.OnField(new HpackField(Find(index)));
        return HpackError.None;
    }

    private HpackError ReadLiteral<TSink>(ref HpackReader reader, byte first, ref TSink sink, ref bool isWanted)
        where TSink : struct, IHpackSink, allows ref struct
    {
        bool isInserted = first >= 0x40;
        if (!isInserted && first >= 0x20) return HpackError.SizeUpdateTooLate;
        reader.BeginField();
        HpackError error = reader.ReadInteger(isInserted ? 6 : 4, out int index);
        if (error != HpackError.None) return error;
        if (index > StaticTable.Count + _table.Count) return HpackError.IndexTooLarge;
        HpackEntry? named = index == 0 ? null : Find(index);
        ReadOnlySpan<byte> name = default;
        if (named is null) error = reader.ReadString(out name);
        if (error != HpackError.None) return error;
        error = reader.ReadString(out ReadOnlySpan<byte> value);
        if (error != HpackError.None) return error;
        HpackEntry? entry = isInserted ? Insert(named, name, value) : null;
        if (isWanted) isWanted = sink.OnField(ToField(entry, named, name, value, first is >= 0x10 and < 0x40));
        return HpackError.None;
    }

    private static HpackField ToField(
        HpackEntry? entry, HpackEntry? named, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        if (entry is not null) return new HpackField(entry);
        return named is not null
            ? new HpackField(named, value, isNeverIndexed)
            : new HpackField(LowerNames.Find(name), name, value, isNeverIndexed);
    }

    // The entry that gives the name may be evicted by the one that takes it (RFC 7541 §4.4): it is held here.
    private HpackEntry? Insert(HpackEntry? named, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int size = (named?.NameBytes.Length ?? name.Length) + value.Length + HpackEntry.Overhead;
        if (!_table.TryMakeRoom(size)) return null;
        HpackEntry entry = named?.With(value) ?? HpackEntry.Create(name, value);
        _table.Insert(entry);
        return entry;
    }

    private HpackEntry Find(int index) =>
        index <= StaticTable.Count ? StaticTable.Get(index) : _table.Get(index - StaticTable.Count - 1);
}
