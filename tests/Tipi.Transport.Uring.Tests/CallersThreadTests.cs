using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests;

/// <summary>
/// A ring that ends makes the kernel interrupt the thread that made it. That is never a thread of the caller's: a call
/// that it makes by then would answer EINTR.
/// </summary>
public class CallersThreadTests
{
    private const int Rounds = 10;

    [Fact]
    public void Probe_LeavesTheCallersThreadAlone()
    {
        Kernel.NeedRing();
        Assert.InRange(CountInterrupts(static () => Assert.True(RingSupport.Probe().IsAvailable)), 0, Rounds / 2);
    }

    // What the other tests would find: each round.
    [Fact]
    public void RingOfTheCallersThread_InterruptsIt()
    {
        Kernel.NeedRing();
        Assert.InRange(CountInterrupts(static () => Assert.Null(RingProbe.FindMissing())), Rounds / 2 + 1, Rounds);
    }

    [Fact]
    public void RingsThatEnd_LeaveTheThreadThatStartedThemAlone()
    {
        Kernel.NeedRing();
        Assert.InRange(
            CountInterrupts(static () =>
            {
                var rings = new RingGroup(new() { RingCount = 1 }, static _ => { });
                rings.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }),
            0, Rounds / 2);
    }

    // Some are granted: the runtime interrupts a thread that is just about to begin a call, for a collection or for
    // code that it replaces.
    private static int CountInterrupts(Action act)
    {
        var count = 0;
        var events = OpenEvents(0);
        for (var i = 0; i < Rounds; i++)
        {
            act();
            if (WaitForEvents(events, new byte[12], 1, 50) != 0) count++;
        }

        _ = Close(events);
        return count;
    }

    [DllImport("libc", EntryPoint = "epoll_create1")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenEvents(int flags);

    [DllImport("libc", EntryPoint = "epoll_wait")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitForEvents(int events, byte[] found, int most, int timeoutMs);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
