using Tipi.Tests.Kernel;

namespace Tipi.Transport.Uring.Tests;

public class RingSupportTests
{
    [Fact]
    public void Probe_WhereTheKernelAllowsIt_FindsNothingMissing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "io_uring exists on Linux only");
        var support = RingSupport.Probe();
        Assert.SkipUnless(support.IsAvailable, $"{support.Cause}; {support.Remedy}");
        Assert.Null(support.Cause);
        Assert.Null(support.Remedy);
    }

    [Fact]
    public void Probe_UnderASeccompFilter_NamesTheFilterAndTheRemedy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "seccomp exists on Linux only");
        var support = ForbiddingThread.Run(ForbiddingThread.Eperm, RingSupport.Probe);
        Assert.False(support.IsAvailable);
        Assert.Contains("seccomp", support.Cause, StringComparison.Ordinal);
        Assert.Contains("io_uring_setup", support.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_WithoutTheSystemCall_NamesTheKernel()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "seccomp exists on Linux only");
        var support = ForbiddingThread.Run(ForbiddingThread.Enosys, RingSupport.Probe);
        Assert.False(support.IsAvailable);
        Assert.Contains("ENOSYS", support.Cause, StringComparison.Ordinal);
        Assert.Contains("Linux 6.1", support.Remedy, StringComparison.Ordinal);
    }
}
