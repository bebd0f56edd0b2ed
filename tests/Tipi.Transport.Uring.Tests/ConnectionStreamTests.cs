namespace Tipi.Transport.Uring.Tests;

public sealed class ConnectionStreamTests
{
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_reads_and_writes_and_ends_the_connection()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var stream = new ConnectionStream(pair.Connection);
        Assert.True(stream is { CanRead: true, CanWrite: true, CanSeek: false });
        await stream.WriteAsync("abc"u8.ToArray().AsMemory());
        await stream.WriteAsync("de"u8.ToArray().AsMemory());
        await stream.FlushAsync();
        Assert.Equal("abcde"u8.ToArray(), await pair.ReceiveAsync(5));
        await pair.SendAsync("fgh"u8.ToArray());
        var buffer = new byte[3];
        await stream.ReadExactlyAsync(buffer);
        Assert.Equal("fgh"u8.ToArray(), buffer);
        await stream.DisposeAsync();
        Assert.Empty(await pair.ReceiveToEndAsync());
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Blocking_calls_work_too()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await Task.Run(() =>
        {
            using var stream = new ConnectionStream(pair.Connection);
            stream.Write("question"u8.ToArray(), 0, 8);
            stream.Flush();
            pair.Peer.Send("answer"u8);
            var buffer = new byte[6];
            stream.ReadExactly(buffer, 0, 6);
            Assert.Equal("answer"u8.ToArray(), buffer);
        });
        Assert.Equal("question"u8.ToArray(), await pair.ReceiveToEndAsync());
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_cannot_be_sought()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await using var stream = new ConnectionStream(pair.Connection);
        Assert.Throws<NotSupportedException>(() => stream.Length);
        Assert.Throws<NotSupportedException>(() => stream.Position);
        Assert.Throws<NotSupportedException>(() => stream.Position = 1);
        Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
    }
}
