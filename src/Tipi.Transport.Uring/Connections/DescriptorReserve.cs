using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Connections;

/// <summary>The descriptors that accepting leaves to the process, which cannot do without.</summary>
/// <remarks>
/// The runtime opens two when it starts a thread, and ends the process when its pool gets none; it opens one to load
/// an assembly, and one that it could not load is missing until the process ends. Connections wait in the kernel
/// meanwhile. What the application opens itself is its own affair.
/// </remarks>
internal static class DescriptorReserve
{
    // Sixteen threads that start at the same moment.
    private const int Threads = 32;

    // Accepts that are under way when the last connection is accepted that may be: of each ring, for so many listeners.
    private const int Listeners = 4;

    // Of a low limit no more than this fraction: the rest is for connections.
    private const int Fraction = 8;

    // More than wait at a listener usually (net.core.somaxconn is 4,096), and than all rings accept between two looks.
    private const int Burst = 8192;

    /// <summary>
    /// Between two looks while they are low: long enough to cost nothing, short enough that no client gives up.
    /// </summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What is left at this moment, under the limit of this moment.</summary>
    public static DescriptorSupply Look()
    {
        if (!OperatingSystem.IsLinux() || LibC.DescriptorLimit() is not { } limit) return DescriptorSupply.Plenty;
        return Judge(limit, LibC.CountDescriptors() ?? LowestFree() ?? limit, Environment.ProcessorCount);
    }

    /// <summary>What is left where of so many descriptors so many are open.</summary>
    public static DescriptorSupply Judge(long limit, long open, int processors)
    {
        var free = limit - open;
        var reserve = Math.Min(Threads + Listeners * processors, limit / Fraction);
        if (free < reserve || free <= 0) return DescriptorSupply.Low;
        return free > Burst ? DescriptorSupply.Plenty : DescriptorSupply.Some;
    }

    // The kernel gives the lowest number that is free: so many are open at least. Null where it gives none.
    internal static long? LowestFree()
    {
        var descriptor = LibC.CreateEventFd();
        if (descriptor < 0) return null;
        _ = LibC.CloseDescriptor(descriptor);
        return descriptor;
    }
}
