namespace Tipi.Protocols.Hpack;

/// <summary>The dynamic table of a decoder, RFC 7541 §2.3.2: a ring of entries, the newest first.</summary>
/// <remarks>
/// Invariant: the sum of the entries' sizes is <see cref="Size"/> and not above <see cref="MaxSize"/>. The ring has
/// twice the places of before when it is full, from none to <c>MaxSize / 32</c> and a bit.
/// </remarks>
internal sealed class DecoderTable
{
    private const int FirstCapacity = 8;

    private HpackEntry?[] _ring = [];
    private int _inserted; // the next place; counts on around the ring

    /// <summary>How many entries there are.</summary>
    internal int Count { get; private set; }

    /// <summary>What they count together.</summary>
    internal int Size { get; private set; }

    /// <summary>What they may count together.</summary>
    internal int MaxSize { get; private set; } = HpackDecoder.DefaultTableSize;

    /// <summary>An entry by its age: 0 is the newest.</summary>
    internal HpackEntry Get(int age) => _ring[Place(_inserted - 1 - age)]!;

    /// <summary>Changes the limit, and evicts what is above.</summary>
    internal void Resize(int maxSize)
    {
        MaxSize = maxSize;
        Evict(maxSize);
    }

    /// <summary>Makes room for an entry; when even an empty table has too little, empties it (RFC 7541 §4.4).</summary>
    internal bool TryMakeRoom(int size)
    {
        Evict(MaxSize - size);
        return size <= MaxSize;
    }

    /// <summary>Inserts an entry that there is room for.</summary>
    internal void Insert(HpackEntry entry)
    {
        if (Count == _ring.Length) Grow();
        _ring[Place(_inserted++)] = entry;
        Count++;
        Size += entry.Size;
    }

    private int Place(int number) => number & (_ring.Length - 1);

    private void Evict(int limit)
    {
        while (Size > limit && Count > 0)
        {
            ref HpackEntry? oldest = ref _ring[Place(_inserted - Count)];
            Size -= oldest!.Size;
            Count--;
            oldest = null;
        }
    }

    private void Grow()
    {
        var larger = new HpackEntry?[Math.Max(FirstCapacity, _ring.Length * 2)];
        for (int age = 0; age < Count; age++) larger[Count - 1 - age] = Get(age);
        _ring = larger;
        _inserted = Count;
    }
}
