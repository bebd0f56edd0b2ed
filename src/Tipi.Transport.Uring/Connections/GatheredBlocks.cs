using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>The first blocks of a list as the kernel takes them in one send.</summary>
/// <remarks>
/// Safe: no more vectors are written than there is room for; who sends keeps the blocks until the kernel has answered.
/// </remarks>
internal static unsafe class GatheredBlocks
{
    /// <summary>Blocks in one send: 128 KiB, twice what a connection buffers by default.</summary>
    public const int Most = 32;

    /// <summary>
    /// Writes a vector for each block from <paramref name="head"/> on, <see cref="Most"/> at most. Returns how many.
    /// </summary>
    public static int Gather(Block head, IoVector* vectors)
    {
        var count = 0;
        for (Block? block = head; block is not null && count < Most; block = block.Link)
            vectors[count++] = new IoVector { Address = block.DataAddress, Length = (nuint)block.Length };
        return count;
    }

    /// <summary>Sends the list's first blocks at once, without waiting. Bytes taken, or a negated errno.</summary>
    public static int SendNow(int descriptor, in BlockList blocks)
    {
        var head = blocks.Head!;
        if (head.Link is null) return LibC.SendNow(descriptor, head.DataAddress, (nuint)head.Length);
        var vectors = stackalloc IoVector[Most];
        var message = new MessageHeader { Vectors = vectors, VectorCount = (nuint)Gather(head, vectors) };
        return LibC.SendNow(descriptor, &message);
    }
}
