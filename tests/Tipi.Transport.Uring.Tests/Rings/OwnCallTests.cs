using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class OwnCallTests
{
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task The_caller_goes_on_and_gets_what_the_work_made()
    {
        var goOn = new ManualResetEventSlim();
        var call = OwnCall<int>.Begin("tipi-test-call", () =>
        {
            goOn.Wait();
            return Environment.CurrentManagedThreadId;
        });
        goOn.Set();
        Assert.NotEqual(Environment.CurrentManagedThreadId, call.End());
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-test-call"), "the number of threads");
    }

    [Fact]
    public void What_it_throws_comes_out_at_the_end()
    {
        var call = OwnCall<int>.Begin("tipi-test-call", () => throw new IOException("no ring"));
        Assert.Equal("no ring", Assert.Throws<IOException>(() => call.End()).Message);
    }
}
