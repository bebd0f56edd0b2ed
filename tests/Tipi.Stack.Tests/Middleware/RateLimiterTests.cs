using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>The rate limiter: two requests run, two wait, more are refused.</summary>
public sealed class RateLimiterTests
{
    [Theory, OnEachServer]
    public async Task Two_run_two_wait_and_the_fifth_is_refused(StackServer server)
    {
        using var gate = new SemaphoreSlim(0);
        int entered = 0;
        var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = 2,
            QueueLimit = 2,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        await using StackHost host = await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseRateLimiter();
                app.MapGet("/slow", async () =>
                {
                    Interlocked.Increment(ref entered);
                    await gate.WaitAsync();
                    return "done";
                }).RequireRateLimiting("two");
            },
            builder => builder.Services.AddRateLimiter(options => Limit(options, limiter)));
        var slow = new Uri("slow", UriKind.Relative);
        Task<HttpResponseMessage>[] asked = [.. Enumerable.Range(0, 4).Select(_ => host.Client.GetAsync(slow))];
        await Eventually.TrueAsync(
            () => Volatile.Read(ref entered) == 2 && limiter.GetStatistics()!.CurrentQueuedCount == 2,
            () => $"{entered} entered, {limiter.GetStatistics()!.CurrentQueuedCount} wait");

        using HttpResponseMessage refused = await host.Client.GetAsync(slow);
        gate.Release(100);
        HttpResponseMessage[] answers = await Task.WhenAll(asked);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("7", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("slow down", await refused.Content.ReadAsStringAsync());
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    private static void Limit(RateLimiterOptions options, RateLimiter limiter)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = async (context, cancellation) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "7";
            await context.HttpContext.Response.WriteAsync("slow down", cancellation);
        };
        options.AddPolicy("two", _ => RateLimitPartition.Get("all", _ => limiter));
    }
}
