namespace Tipi.Hosting.Tests.Exchange;

public sealed class MaxBodySizeFeatureTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";

    [Theory, OnEachTransport]
    public async Task A_body_beyond_the_limit_is_a_bad_request_that_the_application_can_see(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                var error = await Assert.ThrowsAsync<BadHttpRequestException>(
                    async () => await context.Request.Body.ReadExactlyAsync(new byte[1]));
                Assert.Equal(413, error.StatusCode);
                Assert.Same(error, context.Features.Get<IBadRequestExceptionFeature>()!.Error);
                await context.Response.WriteAsync("mine");
            },
            options => options.Limits.MaxRequestBodySize = 2);
        RawResponse response = await server.AskAsync(Post);
        Assert.Equal((200, "mine", "close"), (response.Status, response.Body, response.Header("Connection")));
    }

    [Theory, OnEachTransport]
    public async Task After_an_upgrade_the_limit_is_fixed(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var size = context.Features.Get<IHttpMaxRequestBodySizeFeature>()!;
            Assert.False(size.IsReadOnly);
            await using Stream stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            Assert.True(size.IsReadOnly);
            Assert.Throws<InvalidOperationException>(() => size.MaxRequestBodySize = 5);
            await stream.WriteAsync("ok"u8.ToArray());
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync());
        Assert.Equal("ok", await client.ReadToEndAsync());
    }
}
