namespace Tipi.Transport.Uring.Tests;

/// <summary>What the tests need of the system.</summary>
internal static class Kernel
{
    /// <summary>How long a test may take, in ms, before it counts as hung.</summary>
    public const int TestLimitMs = 30_000;

    /// <summary>Skips the test where the kernel gives no ring.</summary>
    public static void NeedRing()
    {
        var support = RingSupport.Probe();
        Assert.SkipUnless(support.IsAvailable, $"No io_uring here: {support.Cause}; {support.Remedy}.");
    }

    /// <summary>Open descriptors of the transport's kinds; the runtime opens others when it likes.</summary>
    public static int CountDescriptors() => Directory.GetFiles("/proc/self/fd").Count(path =>
    {
        try
        {
            var name = File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name ?? "";
            return name.StartsWith("socket:", StringComparison.Ordinal)
                || name.Contains("[io_uring]", StringComparison.Ordinal)
                || name.Contains("[eventfd]", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it was closed meanwhile
        }
    });

    /// <summary>Threads of this process whose name begins so (the kernel keeps 15 bytes of it).</summary>
    public static int CountThreads(string prefix) => Directory.GetDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith(prefix, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it has ended meanwhile
        }
    });
}
