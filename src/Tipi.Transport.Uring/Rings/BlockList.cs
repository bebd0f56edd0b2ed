namespace Tipi.Transport.Uring.Rings;

/// <summary>Blocks of data in the order of the stream. One owner at a time; small pieces are put together.</summary>
/// <remarks>Invariant: Length is the sum of the blocks' lengths, and no block in the list is empty.</remarks>
internal struct BlockList
{
    public Block? Head { get; private set; }

    public Block? Tail { get; private set; }

    public long Length { get; private set; }

    /// <summary>Adds a block at the end, or moves its data into the last block where it is little and fits.</summary>
    public void Append(Block block)
    {
        Length += block.Length;
        if (Tail is { } tail && tail.CanAbsorb(block))
        {
            tail.Absorb(block);
            BlockPool.Return(block);
            return;
        }

        block.Link = null;
        if (Tail is null) Head = block;
        else Tail.Link = block;
        Tail = block;
    }

    /// <summary>Adds a chain whose first block is the newest, as the hand-over stacks give it.</summary>
    public void AppendNewestFirst(Block? newest)
    {
        Block? oldest = null;
        while (newest is not null)
        {
            var older = newest.Link;
            newest.Link = oldest;
            oldest = newest;
            newest = older;
        }

        while (oldest is not null)
        {
            var newer = oldest.Link;
            Append(oldest);
            oldest = newer;
        }
    }

    /// <summary>Drops bytes at the beginning; blocks that are used up go back to the pool.</summary>
    public void Consume(long count)
    {
        Length -= count;
        while (Head is { } head)
        {
            if (count < head.Length)
            {
                head.Start += (int)count;
                return;
            }

            count -= head.Length;
            Head = head.Link;
            if (Head is null) Tail = null;
            BlockPool.Return(head);
            if (count == 0) return;
        }
    }

    public void Clear() => Consume(Length);
}
