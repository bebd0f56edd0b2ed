using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class EventFdTests
{
    [Fact]
    public void Signals_after_the_end_reach_nobody()
    {
        Kernel.NeedRing();
        var gone = EventFd.Create();
        var number = gone.Descriptor;
        gone.Signal();
        gone.Dispose();
        using var file = File.Open(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite);
        gone.Signal(); // the file, or another, may have the number by now
        Assert.Equal(0, file.Length);
        Assert.True(number >= 0);
        file.Close();
        File.Delete(file.Name);
    }
}
