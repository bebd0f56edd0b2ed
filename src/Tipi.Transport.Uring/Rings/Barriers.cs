using System.Runtime.CompilerServices;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// All memory ordering between this process and the kernel. The two sides share plain indices; each index has one
/// writer, and the pairs below are those of the kernel's documentation.
/// </summary>
/// <remarks>Safe: every address given here lies in a mapping that lives as long as its ring.</remarks>
internal static unsafe class Barriers
{
    /// <summary>Reads an index that the kernel writes: what it wrote before the index is seen after this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadKernelIndex(uint* index) => Volatile.Read(ref *index);

    /// <summary>Publishes an index that the kernel reads: what was written before it is seen by the kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PublishIndex(uint* index, uint value) => Volatile.Write(ref *index, value);

    /// <summary>Publishes the tail of a ring of provided buffers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PublishTail(ushort* tail, ushort value) => Volatile.Write(ref *tail, value);

    /// <summary>
    /// Stands between "I say that I go to sleep" and "is there work?", and between "there is work" and "does it
    /// sleep?": a store followed by a load of another place, which neither release nor acquire orders.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Full() => Interlocked.MemoryBarrier();
}
