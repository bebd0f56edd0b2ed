using System.Runtime.CompilerServices;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Hpack;

/// <summary>The dynamic table of an encoder, RFC 7541 §2.3.2: what the peer's decoder has.</summary>
/// <remarks>
/// <code>
///  _rows   [ free | oldest .. newest | free ]      a row's number counts all that were ever inserted;
///                   _first      _end - 1           the newest has _inserted - 1, and the index 62
/// </code>
/// Invariant: the sum of the rows' sizes is not above <see cref="MaxSize"/>. Rows are searched one by one: they are
/// <c>MaxSize / 32</c> at most, and <see cref="RecentFields"/> finds without a search what is sent again and again.
/// </remarks>
internal sealed class EncoderTable
{
    private const int FirstCapacity = 8;

    private Row[] _rows = [];
    private int _first;
    private int _end;
    private long _inserted;
    private int _size;

    internal EncoderTable(int maxSize) => MaxSize = maxSize;

    /// <summary>What the rows may count together.</summary>
    internal int MaxSize { get; private set; }

    /// <summary>What a field counts, RFC 7541 §4.1.</summary>
    internal static int GetSize(in HpackName name, string value) =>
        name.Text.Length + value.Length + HpackEntry.Overhead;

    /// <summary>Whether a row is still there. -1 is none.</summary>
    internal bool Contains(long number) => number >= _inserted - (_end - _first);

    /// <summary>The index of a row that is there.</summary>
    internal int GetIndex(long number) => StaticTable.Count + (int)(_inserted - number);

    /// <summary>Whether a row that is there was used after its insertion.</summary>
    internal bool IsUsed(long number) => _rows[Place(number)].IsUsed;

    /// <summary>Notes that a row is used.</summary>
    internal void Use(long number) => _rows[Place(number)].IsUsed = true;

    /// <summary>Changes the limit, and evicts what is above.</summary>
    internal void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
    }

    /// <summary>Finds the newest row of a name and a value; -1: none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    /// <param name="sameName">The newest row of the name, whatever the value; -1: none.</param>
    internal long Find(in HpackName name, string value, out long sameName)
    {
        sameName = -1;
        for (int i = _end - 1; i >= _first; i--)
        {
            ref readonly Row row = ref _rows[i];
            if (!name.Equals(row.Name, row.Known)) continue;
            long number = _inserted - (_end - i);
            if (sameName < 0) sameName = number;
            if (row.Value == value) return number;
        }

        return -1;
    }

    /// <summary>Inserts a field that is not larger than the table, and returns its number.</summary>
    internal long Insert(in HpackName name, string value)
    {
        int size = GetSize(name, value);
        Evict(MaxSize - size);
        if (_end == _rows.Length) MakeSpace();
        _rows[_end++] = new Row(name.Text, value, name.Known, false);
        _size += size;
        return _inserted++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(long number) => _end - (int)(_inserted - number);

    private void Evict(int limit)
    {
        for (; _size > limit && _first < _end; _first++)
        {
            _size -= _rows[_first].Name.Length + _rows[_first].Value.Length + HpackEntry.Overhead;
            _rows[_first] = default;
        }
    }

    private void MakeSpace()
    {
        int count = _end - _first;
        Row[] old = _rows;
        // At least half is free afterwards, so that a row is moved once on average.
        if (count * 2 >= old.Length) _rows = new Row[Math.Max(FirstCapacity, old.Length * 2)];
        Array.Copy(old, _first, _rows, 0, count);
        if (ReferenceEquals(old, _rows)) Array.Clear(_rows, count, _end - count);
        _first = 0;
        _end = count;
    }

    private record struct Row(string Name, string Value, KnownField Known, bool IsUsed);
}
