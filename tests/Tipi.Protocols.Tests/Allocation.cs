namespace Tipi.Protocols.Tests;

internal static class Allocation
{
    /// <summary>
    /// Bytes that this thread allocates while it does some work, the least of ten runs: now and then the runtime
    /// allocates on the thread whose code it compiles anew, which is no run's own.
    /// </summary>
    internal static long Least(Action work)
    {
        long least = long.MaxValue;
        for (int run = 0; run < 10 && least > 0; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
