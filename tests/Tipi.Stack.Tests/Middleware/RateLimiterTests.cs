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
            builder => builder.Services.AddRateLimiter(Limit));
        var slow = new Uri("slow", UriKind.Relative);
        Task<HttpResponseMessage>[] asked = [.. Enumerable.Range(0, 4).Select(_ => host.Client.GetAsync(slow))];
        await Eventually.TrueAsync(() => Volatile.Read(ref entered) == 2, () => $"{entered} entered");

        // Four hold their places from the moment that a fifth is refused.
        using HttpResponseMessage refused = await FirstRefusalAsync(host, slow);
        gate.Release(100);
        HttpResponseMessage[] answers = await Task.WhenAll(asked);

        Assert.Equal("7", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal("slow down", await refused.Content.ReadAsStringAsync());
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    // The four may still be on their way: then this request takes a place itself, and gives it up by a time limit.
    private static async Task<HttpResponseMessage> FirstRefusalAsync(StackHost host, Uri uri)
    {
        while (true)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                HttpResponseMessage answer = await host.Client.GetAsync(uri, limit.Token);
                Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                return answer;
            }
            catch (OperationCanceledException)
            {
                // It waited in the queue, and left it.
            }
        }
    }

    private static void Limit(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = async (context, cancellation) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = "7";
            await context.HttpContext.Response.WriteAsync("slow down", cancellation);
        };
        options.AddConcurrencyLimiter("two", limiter =>
        {
            limiter.PermitLimit = 2;
            limiter.QueueLimit = 2;
            limiter.QueueProcessingOrder = QueueProcessingOrder.OldestFirst;
        });
    }
}
