using System.Text;

namespace Tipi.Hosting.Tests.Features;

public sealed class BodyControlFeatureTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";

    [Theory, OnEachTransport]
    public async Task Synchronous_reads_writes_and_flushes_are_refused(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            Stream input = context.Request.Body;
            Stream output = context.Response.Body;
            Action[] refused =
            [
                () => input.ReadByte(), () => input.ReadExactly(new byte[1]), () => input.CopyTo(Stream.Null),
                () => output.WriteByte(1), () => output.Write(new byte[1]), () => output.Write([1], 0, 1), output.Flush,
            ];
            Assert.All(refused, act => Assert.Throws<InvalidOperationException>(act));
            input.Flush();
            Assert.Equal(3, await input.ReadAsync(new byte[10]));
            await context.Response.WriteAsync("ok");
            output.Dispose();
        });
        RawResponse response = await server.AskAsync(Post);
        Assert.Equal((200, "ok"), (response.Status, response.Body));
    }

    [Theory, OnEachTransport]
    public async Task A_request_may_allow_them_for_itself(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            var control = context.Features.Get<IHttpBodyControlFeature>()!;
            bool before = control.AllowSynchronousIO;
            control.AllowSynchronousIO = true;
            byte[] body = new byte[3];
            context.Request.Body.ReadExactly(body);
            context.Response.Body.Write(Encoding.ASCII.GetBytes($"{before} "));
            context.Response.Body.Flush();
            context.Response.Body.Write(body);
            return Task.CompletedTask;
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Post);
            Assert.Equal("False abc", (await client.ReadResponseAsync()).Body);
        }
    }

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
