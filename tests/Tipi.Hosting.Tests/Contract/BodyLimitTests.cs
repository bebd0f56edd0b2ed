namespace Tipi.Hosting.Tests.Contract;

public sealed class BodyLimitTests
{
    [Theory, OnEachWire]
    public async Task A_body_beyond_the_limit_is_refused_when_it_is_read(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await context.Response.WriteAsync("read");
            },
            options => options.Limits.MaxRequestBodySize = 1_000);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("read", await server.TextAsync("POST", "/", new ByteArrayContent(new byte[1_000])));
            Assert.Equal("read", await server.TextAsync("POST", "/", StreamedContent.Of(new byte[1_000])));
            foreach (HttpContent content in new HttpContent[]
                { new ByteArrayContent(new byte[1_001]), StreamedContent.Of(new byte[1_001]) })
            {
                using HttpResponseMessage response = await server.SendAsync("POST", "/", content);
                Assert.Equal(413, (int)response.StatusCode);
            }
        }
        Assert.DoesNotContain(server.Logs, record => record.EventId == 13);
    }

    [Theory, OnEachWire]
    public async Task The_application_sees_why_and_may_answer_itself(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                var error = await Assert.ThrowsAsync<BadHttpRequestException>(
                    () => context.Request.Body.CopyToAsync(Stream.Null));
                Assert.Equal(413, error.StatusCode);
                Assert.Same(error, context.Features.Get<IBadRequestExceptionFeature>()!.Error);
                await context.Response.WriteAsync("mine");
            },
            options => options.Limits.MaxRequestBodySize = 2);
        Assert.Equal("mine", await server.TextAsync("POST", "/", new ByteArrayContent(new byte[3])));
        Assert.Equal("mine", await server.TextAsync("POST", "/", StreamedContent.Of(new byte[3])));
    }

    [Theory, OnEachWire]
    public async Task A_request_may_have_a_limit_of_its_own_until_it_is_read(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                var size = context.Features.Get<IHttpMaxRequestBodySizeFeature>()!;
                Assert.Equal((false, 2L), (size.IsReadOnly, size.MaxRequestBodySize));
                Assert.Throws<ArgumentOutOfRangeException>(() => size.MaxRequestBodySize = -1);
                size.MaxRequestBodySize = null;
                Assert.Null(size.MaxRequestBodySize);
                await context.Request.Body.ReadExactlyAsync(new byte[1]);
                Assert.True(size.IsReadOnly);
                Assert.Throws<InvalidOperationException>(() => size.MaxRequestBodySize = 5);
                await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
            },
            options => options.Limits.MaxRequestBodySize = 2);
        for (int i = 0; i < 3; i++)
            Assert.Equal("bcd", await server.TextAsync("POST", "/", new StringContent("abcd")));
    }
}
