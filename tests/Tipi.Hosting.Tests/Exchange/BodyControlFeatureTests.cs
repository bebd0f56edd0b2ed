using System.Text;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class BodyControlFeatureTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";

    [Theory, OnEachTransport]
    public async Task The_option_allows_them_for_all_and_upgraded_streams_follow(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                await using Stream stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
                byte[] received = new byte[3];
                stream.ReadExactly(received);
                stream.Write(received);
                stream.Flush();
                context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = false;
                Assert.Throws<InvalidOperationException>(() => stream.Write(received));
                Assert.Throws<InvalidOperationException>(() => stream.ReadByte());
                await stream.WriteAsync("ok"u8.ToArray());
            },
            options => options.AllowSynchronousIO = true);
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nabc");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync());
        Assert.Equal("abcok", await client.ReadToEndAsync());
    }
}
