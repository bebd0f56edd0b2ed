using System.Net.Sockets;

namespace Tipi.Transport.Uring.Tests.Connections;

/// <summary>Connections that end while what they flushed waits to be sent together with that of others.</summary>
public sealed class DeferredSendTests
{
    private const int Rounds = 200;
    private const int Connections = 8;
    private const int Length = 100;

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_gets_its_own_bytes_before_its_end(bool someAreAborted)
    {
        await using var host = await RingHost.StartAsync();
        var descriptors = 0;
        for (var round = 0; round < Rounds; round++)
        {
            if (round == Rounds / 10) descriptors = Kernel.CountDescriptors();
            var pairs = new RingPair[Connections];
            for (var i = 0; i < Connections; i++) pairs[i] = await host.ConnectAsync();

            // One piece of the pool's work flushes on all: so many are handed to the ring.
            await Task.Run(() =>
            {
                for (var i = 0; i < Connections; i++)
                {
                    var flush = pairs[i].Output.WriteAsync(BytesOf(i));
                    Assert.True(flush.IsCompletedSuccessfully);
                    _ = flush.Result;
                }
            });
            Thread.SpinWait(round * 20);
            for (var i = 0; i < Connections; i++)
            {
                if (IsAborted(i)) pairs[i].Connection.Abort();
                else await pairs[i].Connection.DisposeAsync();
            }

            for (var i = 0; i < Connections; i++)
            {
                if (IsAborted(i)) await AssertPartAsync(pairs[i], i);
                else Assert.Equal(BytesOf(i), await pairs[i].ReceiveToEndAsync());
                await pairs[i].DisposeAsync();
            }
        }

        await Eventually.HoldsAsync(() => Kernel.CountDescriptors() <= descriptors, "the descriptors to be given back");

        bool IsAborted(int i) => someAreAborted && i % 2 == 1;
    }

    private static byte[] BytesOf(int i) => [.. Enumerable.Repeat((byte)('a' + i), Length)];

    // All or nothing had left when it was reset.
    private static async Task AssertPartAsync(RingPair pair, int i)
    {
        try
        {
            Assert.Equal(BytesOf(i), await pair.ReceiveAsync(Length));
        }
        catch (SocketException error)
        {
            Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        }
    }
}
