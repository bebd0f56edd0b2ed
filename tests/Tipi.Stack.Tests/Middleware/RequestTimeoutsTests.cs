using System.Net;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>Request timeouts cancel the handler, and the middleware answers in its place.</summary>
public sealed class RequestTimeoutsTests
{
    [Theory, OnEachServer]
    public async Task A_handler_over_its_time_is_cancelled_and_answered_with_504(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseRequestTimeouts();
                app.MapGet("/slow", async (CancellationToken aborted) =>
                {
                    await Task.Delay(Timeout.Infinite, aborted);
                    return "never";
                }).WithRequestTimeout(TimeSpan.FromMilliseconds(100));
                app.MapGet("/quick", () => "quick").WithRequestTimeout(TimeSpan.FromSeconds(100));
            },
            builder => builder.Services.AddRequestTimeouts());

        using HttpResponseMessage slow = await host.Client.GetAsync(new Uri("slow", UriKind.Relative));

        Assert.Equal(HttpStatusCode.GatewayTimeout, slow.StatusCode);
        Assert.Equal("quick", await host.Client.GetStringAsync(new Uri("quick", UriKind.Relative)));
    }

    [Theory, OnEachServer]
    public async Task A_body_that_does_not_come_is_cancelled_too(StackServer server)
    {
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseRequestTimeouts();
                app.MapPost("/read", async (HttpContext context) =>
                {
                    using var reader = new StreamReader(context.Request.Body);
                    await reader.ReadToEndAsync(context.RequestAborted);
                }).WithRequestTimeout(TimeSpan.FromMilliseconds(100));
            },
            builder => builder.Services.AddRequestTimeouts());
        using RawClient client = await host.ConnectAsync();

        await client.SendAsync("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");

        Assert.Equal(504, (await client.ReadResponseAsync()).Status);
    }
}
