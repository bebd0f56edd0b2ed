using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class BlockListTests
{
    [Fact]
    public void Little_data_joins_the_last_block_and_much_stays_by_itself()
    {
        var list = default(BlockList);
        list.Append(Filled(100, 1));
        list.Append(Filled(200, 2));
        Assert.Same(list.Head, list.Tail);
        Assert.Equal(300, list.Length);
        list.Append(Filled(3000, 3));
        Assert.NotSame(list.Head, list.Tail);
        list.Append(Filled(2000, 4)); // does not fit behind 3000
        Assert.Equal([300, 3000, 2000], Lengths(list));
        Assert.Equal(5300, list.Length);
        list.Clear();
    }

    [Fact]
    public void Consuming_drops_whole_blocks_and_cuts_one()
    {
        var list = default(BlockList);
        foreach (var length in new[] { 4000, 3000, 2500 }) list.Append(Filled(length, 1));
        list.Consume(0);
        Assert.Equal([4000, 3000, 2500], Lengths(list));
        list.Consume(1);
        Assert.Equal([3999, 3000, 2500], Lengths(list));
        list.Consume(3999);
        Assert.Equal([3000, 2500], Lengths(list));
        list.Consume(3001);
        Assert.Equal([2499], Lengths(list));
        Assert.Equal(2499, list.Length);
        list.Consume(2499);
        Assert.Null(list.Head);
        Assert.Null(list.Tail);
        Assert.Equal(0, list.Length);
        list.Clear();
    }

    [Fact]
    public void A_chain_of_the_newest_first_is_put_in_order()
    {
        var chain = new[] { Filled(3000, 1), Filled(3000, 2), Filled(3000, 3) };
        (chain[2].Link, chain[1].Link, chain[0].Link) = (chain[1], chain[0], null);
        var list = default(BlockList);
        list.Append(Filled(3000, 0));
        list.AppendNewestFirst(chain[2]);
        list.AppendNewestFirst(null);
        var values = new List<byte>();
        for (var block = list.Head; block is not null; block = block.Link) values.Add(block.Data[0]);
        Assert.Equal([0, 1, 2, 3], values);
        Assert.Equal(12_000, list.Length);
    }

    [Fact]
    public void A_random_history_keeps_every_byte_in_order()
    {
        var random = new Random(1);
        var list = default(BlockList);
        var (written, read) = (0L, 0L);
        for (var step = 0; step < 20_000; step++)
        {
            if (list.Length < 20_000)
            {
                var block = BlockPool.Rent();
                var start = random.Next(100);
                block.Start = block.End = start;
                var count = 1 + random.Next(random.Next(4) == 0 ? Block.Size - start : 200);
                for (var i = 0; i < count; i++) block.Array[block.End++] = (byte)(written++ * 7);
                list.Append(block);
            }

            var consumed = random.Next((int)Math.Min(list.Length, 3000) + 1);
            for (var block = list.Head; block is not null; block = block.Link)
            {
                Assert.NotEqual(0, block.Length);
                if (block == list.Head) Assert.Equal((byte)(read * 7), block.Data[0]);
            }

            list.Consume(consumed);
            read += consumed;
            Assert.Equal(written - read, list.Length);
        }

        list.Clear();
    }

    private static Block Filled(int length, byte value)
    {
        var block = BlockPool.Rent();
        block.Array.AsSpan(0, length).Fill(value);
        block.End = length;
        return block;
    }

    private static List<int> Lengths(in BlockList list)
    {
        var lengths = new List<int>();
        for (var block = list.Head; block is not null; block = block.Link) lengths.Add(block.Length);
        return lengths;
    }
}
