using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Tests;

/// <summary>Lets all threads of the process share one processor until it is disposed.</summary>
internal sealed partial class OneProcessor : IDisposable
{
    private readonly ulong _before;

    public OneProcessor()
    {
        ulong mask = 0;
        Assert.Equal(0, GetAffinity(0, sizeof(ulong), ref mask));
        _before = mask;
        Apply(mask & (~mask + 1)); // the lowest one
    }

    public void Dispose() => Apply(_before);

    /// <summary>The calling thread gets what others leave, for good.</summary>
    public static void YieldToOthers() => Assert.Equal(0, SetPriority(0, 0, 19));

    // New threads inherit from who starts them; twice, for those that start meanwhile.
    private static void Apply(ulong mask)
    {
        for (var pass = 0; pass < 2; pass++)
        {
            foreach (var task in Directory.GetDirectories("/proc/self/task"))
                _ = SetAffinity(int.Parse(Path.GetFileName(task)), sizeof(ulong), in mask);
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint size, ref ulong mask);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint size, in ulong mask);
}
