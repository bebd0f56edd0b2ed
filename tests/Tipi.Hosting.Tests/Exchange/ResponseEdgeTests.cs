using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Exchange;

/// <summary>Responses at the edges of the rules, where a wrong head would mislead the client.</summary>
public sealed class ResponseEdgeTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task A_reset_content_announces_no_body_whatever_was_declared(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.StatusCode = 205;
            context.Response.ContentLength = 5;
            return Task.CompletedTask;
        });

        Assert.Equal("0", (await server.AskAsync(Get)).Header("Content-Length"));
    }

    [Theory, OnEachTransport]
    public async Task An_accepted_tunnel_has_neither_length_nor_coding_and_ends_with_the_connection(
        TipiTransport transport)
    {
        await using TestServer server =
            await TestServer.StartAsync(transport, context => context.Response.WriteAsync("through"));

        RawResponse answer = await server.AskAsync("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n");

        Assert.Null(answer.Header("Content-Length"));
        Assert.Null(answer.Header("Transfer-Encoding"));
        Assert.Equal("close", answer.Header("Connection"));
        Assert.Equal("through", answer.Body);
    }

    [Theory, OnEachTransport]
    public async Task A_refused_tunnel_is_framed_like_any_answer(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Response.StatusCode = 405;
            return context.Response.WriteAsync("no");
        });

        RawResponse answer = await server.AskAsync("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n");

        Assert.Equal("chunked", answer.Header("Transfer-Encoding"));
        Assert.Equal("no", answer.Body);
    }

    [Theory, OnEachTransport]
    public async Task A_handler_that_swallows_a_failed_start_answers_500(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Response.OnStarting(() => throw new NotSupportedException());
            for (int i = 0; i < 2; i++)
                await Assert.ThrowsAsync<NotSupportedException>(() => context.Response.WriteAsync("hello"));
        });

        RawResponse answer = await server.AskAsync(Get);

        Assert.Equal(500, answer.Status);
        Assert.Empty(answer.Body);
    }

    [Theory, OnEachTransport]
    public async Task A_cancelled_flush_does_not_start_the_response(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            var cancelled = new CancellationToken(canceled: true);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => context.Response.Body.FlushAsync(cancelled));
            context.Response.StatusCode = 404;
        });

        Assert.Equal(404, (await server.AskAsync(Get)).Status);
    }

    [Theory, OnEachTransport]
    public async Task An_empty_reason_phrase_and_a_null_value_are_as_if_not_set(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, context =>
        {
            context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "";
            context.Response.Headers["X-A"] = new(["1", null, "2"]);
            return Task.CompletedTask;
        });

        RawResponse answer = await server.AskAsync(Get);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer.Head, StringComparison.Ordinal);
        Assert.Equal("1|2", answer.Header("X-A"));
    }
}
