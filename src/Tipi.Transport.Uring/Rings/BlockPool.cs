using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// The blocks that nobody uses. Each ring's thread keeps some at hand without any synchronisation; the rest lie in one
/// shared pile, and what exceeds that is left to the garbage collector.
/// </summary>
internal static class BlockPool
{
    // A ring's busy turn takes and gives back about one block a connection.
    private const int KeptByThread = 256;

    // 64 MiB: enough to ride out a burst without allocating.
    private const int KeptShared = 16 * 1024;

    // 1 MiB: what is kept for good.
    private const int KeptIdle = 256;

    private static readonly TimeSpan s_trimInterval = TimeSpan.FromSeconds(2);

    private static readonly ConcurrentBag<Block> s_shared = [];
    private static readonly Timer s_trimming = NewTimer();
    private static int s_sharedCount;
    private static int s_fewest;
    private static int s_isTrimming;
    private static long s_held;

    [ThreadStatic]
    private static Stack? t_mine;

    /// <summary>Bytes of all ordinary blocks, in use or kept.</summary>
    public static long HeldBytes => Volatile.Read(ref s_held) * Block.Size;

    /// <summary>
    /// Lets the calling thread keep blocks at hand. For threads that live long and use many: the rings'.
    /// </summary>
    public static void KeepAtHand() => t_mine ??= new Stack();

    /// <summary>An empty block of <see cref="Block.Size"/> bytes.</summary>
    public static Block Rent()
    {
        if (t_mine is { } mine && mine.TryPop(out var block)) return block;
        if (s_shared.TryTake(out block))
        {
            var left = Interlocked.Decrement(ref s_sharedCount);
            if (left < Volatile.Read(ref s_fewest)) Volatile.Write(ref s_fewest, left);
            return block;
        }

        block = new Block();
        Interlocked.Increment(ref s_held);
        return block;
    }

    /// <summary>The same, or null where there is no memory for one.</summary>
    public static Block? TryRent()
    {
        try
        {
            return Rent();
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>An empty block with room for <paramref name="capacity"/> bytes at least.</summary>
    public static Block Rent(int capacity) => capacity <= Block.Size ? Rent() : new Block(capacity);

    /// <summary>Takes a block back. The caller must not use it, nor show its memory to anybody, afterwards.</summary>
    public static void Return(Block block)
    {
        if (!block.IsOrdinary) return;
        block.Clear();
        if (t_mine is not { } mine || !mine.TryPush(block)) Share(block);
    }

    /// <summary>
    /// Gives back what the calling thread keeps at hand, and lets it keep no more: it does something else for a while.
    /// </summary>
    public static void GiveBackAtHand()
    {
        if (t_mine is not { } mine) return;
        t_mine = null;
        while (mine.TryPop(out var block)) Share(block);
    }

    private static void Share(Block block)
    {
        var count = Interlocked.Increment(ref s_sharedCount);
        if (count > KeptShared)
        {
            Interlocked.Decrement(ref s_sharedCount);
            Interlocked.Decrement(ref s_held);
            return;
        }

        s_shared.Add(block);
        if (count > KeptIdle && Volatile.Read(ref s_isTrimming) == 0) BeginTrimming();
    }

    private static void BeginTrimming()
    {
        if (Interlocked.Exchange(ref s_isTrimming, 1) == 1) return;
        Volatile.Write(ref s_fewest, 0);
        s_trimming.Change(s_trimInterval, s_trimInterval);
    }

    // What nobody has wanted since the last time is too many.
    private static void Trim()
    {
        var unwanted = Volatile.Read(ref s_fewest) - KeptIdle;
        for (; unwanted > 0 && s_shared.TryTake(out _); unwanted--)
        {
            Interlocked.Decrement(ref s_sharedCount);
            Interlocked.Decrement(ref s_held);
        }

        var left = Volatile.Read(ref s_sharedCount);
        Volatile.Write(ref s_fewest, left);
        if (left > KeptIdle) return;
        s_trimming.Change(Timeout.Infinite, Timeout.Infinite);
        Volatile.Write(ref s_isTrimming, 0); // the next block too many begins again
    }

    // It lives as long as the process, and must not keep the state of whatever happens to run first.
    private static Timer NewTimer()
    {
        using var _ = ExecutionContext.SuppressFlow();
        return new Timer(static _ => Trim(), null, Timeout.Infinite, Timeout.Infinite);
    }

    private sealed class Stack
    {
        private readonly Block?[] _blocks = new Block?[KeptByThread];
        private int _count;

        // The blocks at hand of a thread that has ended go with it.
        ~Stack() => Interlocked.Add(ref s_held, -_count);

        public bool TryPop([NotNullWhen(true)] out Block? block)
        {
            if (_count == 0)
            {
                block = null;
                return false;
            }

            block = _blocks[--_count]!;
            _blocks[_count] = null;
            return true;
        }

        public bool TryPush(Block block)
        {
            if (_count == KeptByThread) return false;
            _blocks[_count++] = block;
            return true;
        }
    }
}
