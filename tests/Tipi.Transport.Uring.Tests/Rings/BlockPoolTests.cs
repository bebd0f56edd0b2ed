using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class BlockPoolTests
{
    [Fact]
    public void A_block_is_empty_whatever_was_in_it_before()
    {
        var block = BlockPool.Rent();
        (block.Start, block.End, block.Link) = (5, 10, BlockPool.Rent());
        BlockPool.Return(block);
        for (var i = 0; i < 100; i++)
        {
            var rented = BlockPool.Rent();
            Assert.Equal((0, 0, Block.Size), (rented.Start, rented.End, rented.Room));
            Assert.Null(rented.Link);
        }
    }

    [Fact]
    public void Large_blocks_are_made_to_measure_and_not_kept()
    {
        Assert.Equal(Block.Size, BlockPool.Rent(Block.Size).Room);
        var large = BlockPool.Rent(Block.Size + 1);
        Assert.Equal(Block.Size + 1, large.Room);
        Assert.False(large.IsOrdinary);
        BlockPool.Return(large);
        Assert.NotSame(large, BlockPool.Rent(Block.Size + 1));
    }

    [Fact]
    public void What_is_held_is_counted_and_what_exceeds_the_pool_is_not()
    {
        const int Pool = 64 * 1024 * 1024; // kept at most
        var rented = new List<Block>();
        while (rented.Count < 2 * Pool / Block.Size) rented.Add(BlockPool.Rent());
        Assert.InRange(UringMemory.HeldBytes, 2 * Pool, 2 * Pool + Pool / 4);
        foreach (var block in rented) BlockPool.Return(block);
        Assert.InRange(UringMemory.HeldBytes, Pool, Pool + Pool / 4);
        // What is kept is used again.
        var held = UringMemory.HeldBytes;
        for (var i = 0; i < 1000; i++) rented[i] = BlockPool.Rent();
        Assert.Equal(held, UringMemory.HeldBytes);
        for (var i = 0; i < 1000; i++) BlockPool.Return(rented[i]);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task What_nobody_wants_any_more_is_let_go()
    {
        const int Kept = 4 * 1024 * 1024; // for good, by the pool and by the threads of rings
        var before = UringMemory.HeldBytes;
        Block[] rented = [.. Enumerable.Range(0, 4_000).Select(_ => BlockPool.Rent())];
        foreach (var block in rented) BlockPool.Return(block);
        Assert.True(UringMemory.HeldBytes >= rented.Length * Block.Size);
        await Eventually.HoldsAsync(() => UringMemory.HeldBytes <= before + Kept, "the blocks to be let go");
    }

    [Fact]
    public void A_thread_gives_back_what_it_keeps_at_hand()
    {
        Block? mine = null;
        var thread = new Thread(() =>
        {
            BlockPool.KeepAtHand();
            mine = BlockPool.Rent();
            BlockPool.Return(mine);
            BlockPool.GiveBackAtHand();
            BlockPool.GiveBackAtHand();
        });
        thread.Start();
        thread.Join();
        Block[] rented = [.. Enumerable.Range(0, 17_000).Select(_ => BlockPool.Rent())];
        Assert.Contains(rented, block => ReferenceEquals(block, mine));
        foreach (var block in rented) BlockPool.Return(block);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Nobody_gets_a_block_that_somebody_else_has()
    {
        // Threads of their own: what they keep at hand ends with them.
        var threads = Enumerable.Range(0, 4).Select(seed => Task.Factory.StartNew(
            () => RentAndReturn(seed), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(threads);
    }

    private static void RentAndReturn(int seed)
    {
        var random = new Random(seed);
        if (seed % 2 == 0) BlockPool.KeepAtHand();
        var mine = new List<Block>();
        for (var i = 0; i < 50_000; i++)
        {
            if (random.Next(2) == 0 && mine.Count < 400)
            {
                var block = BlockPool.Rent();
                block.Array[0] = (byte)seed;
                mine.Add(block);
            }
            else if (mine.Count > 0)
            {
                Assert.Equal((byte)seed, mine[^1].Array[0]);
                BlockPool.Return(mine[^1]);
                mine.RemoveAt(mine.Count - 1);
            }
        }
    }
}
