using System.Globalization;

namespace Tipi.Protocols.Hpack;

/// <summary>Encodes a connection's header blocks, RFC 7541, in their order. One thread at a time.</summary>
/// <remarks>
/// A Try method that returns false for lack of space has changed nothing: call it again with more.
/// <para>What becomes of a field (which names are which: <see cref="HpackName"/>):</para>
/// <code>
///  in a table, name and value            indexed: one byte, two from the 65th row on
///  a secret                              never indexed
///  of a name whose values differ         without indexing
///  larger than half of the table         without indexing: it would evict too much
///  the name's last row was never used    without indexing, until a value comes twice in a row
///  else                                  inserted
/// </code>
/// Huffman's code is used where it is shorter, and either the field is inserted, since that happens once, or the value
/// is long enough to be worth the time.
/// </remarks>
internal sealed class HpackEncoder
{
    private const int MinShortenedValue = 16;
    private const int FirstStatus = 100;

    private static readonly string?[] s_statuses = new string[1000 - FirstStatus];

    private readonly EncoderTable _table;
    private readonly RecentFields? _recent;
    private readonly int _maxTableSize;

    private int _announcedSize = HpackDecoder.DefaultTableSize; // what the peer's decoder has now
    private int _smallestSize = HpackDecoder.DefaultTableSize; // since then

    /// <param name="maxTableSize">
    /// Bytes of table that we want at most, whatever the peer offers. 0: no compression at all but by the static table.
    /// </param>
    internal HpackEncoder(int maxTableSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTableSize);
        _maxTableSize = maxTableSize;
        _table = new EncoderTable(HpackDecoder.DefaultTableSize);
        if (maxTableSize > 0) _recent = new RecentFields();
        LimitTableSize(HpackDecoder.DefaultTableSize);
    }

    /// <summary>The peer's SETTINGS_HEADER_TABLE_SIZE. The next block tells that it is followed.</summary>
    internal void LimitTableSize(int peerSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(peerSize);
        int size = Math.Min(peerSize, _maxTableSize);
        _table.Resize(size);
        _smallestSize = Math.Min(_smallestSize, size);
    }

    /// <summary>
    /// Begins a block: writes the size updates that are due, which usually are none (RFC 7541 §4.2: the smallest size
    /// since the last block, when it was raised again, and the last one).
    /// </summary>
    internal bool TryBeginBlock(Span<byte> destination, out int written)
    {
        written = 0;
        if (_announcedSize == _table.MaxSize && _smallestSize == _announcedSize) return true;
        var writer = new HpackWriter(destination);
        bool isDip = _smallestSize < Math.Min(_announcedSize, _table.MaxSize);
        if (isDip) writer.WriteInteger(0x20, 5, _smallestSize);
        if (isDip || _table.MaxSize != _announcedSize) writer.WriteInteger(0x20, 5, _table.MaxSize);
        if (!writer.TryEnd(out written)) return false;
        _announcedSize = _smallestSize = _table.MaxSize;
        return true;
    }

    /// <summary>Writes <c>:status</c>.</summary>
    /// <param name="status">100 to 999.</param>
    /// <param name="destination">Where.</param>
    /// <param name="written">Bytes written.</param>
    internal bool TryEncodeStatus(int status, Span<byte> destination, out int written)
    {
        int index = StaticTable.FindStatus(status);
        if (index != 0) return TryWriteIndex(index, destination, out written);
        ArgumentOutOfRangeException.ThrowIfLessThan(status, FirstStatus);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 999);
        string text = s_statuses[status - FirstStatus] ??= status.ToString(CultureInfo.InvariantCulture);
        return TryEncode(HpackName.Status, text, isRepeated: true, destination, out written);
    }

    /// <summary>Writes a field, one byte per character; the name in lower case. It validates neither.</summary>
    internal bool TryEncode(string name, string value, Span<byte> destination, out int written)
    {
        long row = -1;
        bool isRepeated = _recent is not null && _recent.TryFind(name, value, out row);
        if (!_table.Contains(row)) return TryEncode(HpackName.Find(name), value, isRepeated, destination, out written);
        if (!TryWriteIndex(_table.GetIndex(row), destination, out written)) return false;
        _table.Use(row);
        return true;
    }

    /// <summary>Writes a field whose value is encoded already. It is not inserted: prefer a string.</summary>
    internal bool TryEncode(string name, ReadOnlySpan<byte> value, Span<byte> destination, out int written)
    {
        HpackName found = HpackName.Find(name);
        var writer = new HpackWriter(destination);
        WriteLiteralName(ref writer, found, row: -1, isInserted: false);
        writer.WriteValue(value, _recent is not null && value.Length >= MinShortenedValue);
        return writer.TryEnd(out written);
    }

    private bool TryEncode(
        in HpackName name, string value, bool isRepeated, Span<byte> destination, out int written)
    {
        long sameName = -1;
        bool isIndexable = name.Indexing == HpackIndexing.WhenRepeated
            && EncoderTable.GetSize(name, value) <= _table.MaxSize / 2;
        long row = isIndexable ? _table.Find(name, value, out sameName) : -1;
        if (row >= 0) return TryWriteRow(name, value, row, destination, out written);
        bool isInserted = isIndexable && (sameName < 0 || isRepeated || _table.IsUsed(sameName));
        var writer = new HpackWriter(destination);
        WriteLiteralName(ref writer, name, sameName, isInserted);
        writer.WriteValue(value, isInserted || (_recent is not null && value.Length >= MinShortenedValue));
        if (!writer.TryEnd(out written)) return false;
        if (isInserted) row = _table.Insert(name, value);
        if (isIndexable) _recent!.Add(name.Text, value, row);
        return true;
    }

    private bool TryWriteRow(in HpackName name, string value, long row, Span<byte> destination, out int written)
    {
        if (!TryWriteIndex(_table.GetIndex(row), destination, out written)) return false;
        _table.Use(row);
        _recent!.Add(name.Text, value, row);
        return true;
    }

    private void WriteLiteralName(ref HpackWriter writer, in HpackName name, long row, bool isInserted)
    {
        int index = name.StaticIndex != 0 || row < 0 ? name.StaticIndex : _table.GetIndex(row);
        if (isInserted) writer.WriteInteger(0x40, 6, index);
        else writer.WriteInteger(name.Indexing == HpackIndexing.Never ? 0x10 : 0x00, 4, index);
        if (index == 0) writer.WriteName(name, isInserted);
    }

    private static bool TryWriteIndex(int index, Span<byte> destination, out int written)
    {
        if (index < 0x7F && !destination.IsEmpty)
        {
            destination[0] = (byte)(0x80 | index);
            written = 1;
            return true;
        }

        var writer = new HpackWriter(destination);
        writer.WriteInteger(0x80, 7, index);
        return writer.TryEnd(out written);
    }
}
