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

    // 64 MiB: enough to ride out a burst without allocating, little enough to keep for good.
    private const int KeptShared = 16 * 1024;

    private static readonly ConcurrentBag<Block> s_shared = [];
    private static int s_sharedCount;
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
            Interlocked.Decrement(ref s_sharedCount);
            return block;
        }

        Interlocked.Increment(ref s_held);
        return new Block();
    }

    /// <summary>An empty block with room for <paramref name="capacity"/> bytes at least.</summary>
    public static Block Rent(int capacity) => capacity <= Block.Size ? Rent() : new Block(capacity);

    /// <summary>Takes a block back. The caller must not use it, nor show its memory to anybody, afterwards.</summary>
    public static void Return(Block block)
    {
        if (!block.IsOrdinary) return;
        block.Clear();
        if (t_mine is { } mine && mine.TryPush(block)) return;
        if (Interlocked.Increment(ref s_sharedCount) <= KeptShared)
        {
            s_shared.Add(block);
            return;
        }

        Interlocked.Decrement(ref s_sharedCount);
        Interlocked.Decrement(ref s_held);
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
