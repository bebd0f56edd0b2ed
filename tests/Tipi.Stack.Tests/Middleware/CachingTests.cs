using System.Net;
using System.Net.Http.Headers;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>The output cache and response caching answer without the handler.</summary>
public sealed class CachingTests
{
    [Theory, OnEachServer]
    public async Task The_output_cache_repeats_an_answer_with_its_age_and_revalidates(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        var page = new Uri("output", UriKind.Relative);

        using HttpResponseMessage first = await host.Client.GetAsync(page);
        using HttpResponseMessage second = await host.Client.GetAsync(page);
        host.Client.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage third = await host.Client.GetAsync(page);

        Assert.Equal("answer 1", await first.Content.ReadAsStringAsync());
        Assert.Equal("answer 1", await second.Content.ReadAsStringAsync());
        Assert.NotNull(second.Headers.Age);
        Assert.Equal(8, second.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.NotModified, third.StatusCode);
    }

    [Theory, OnEachServer]
    public async Task Requests_at_once_share_one_run_of_the_handler(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        string[] answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => host.Client.GetStringAsync(new Uri("output", UriKind.Relative))));

        Assert.All(answers, answer => Assert.Equal("answer 1", answer));
    }

    [Theory, OnEachServer]
    public async Task Response_caching_obeys_the_fields_of_both_sides(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        var page = new Uri("response", UriKind.Relative);
        using var refresh = new HttpRequestMessage(HttpMethod.Get, page);
        refresh.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };

        string first = await host.Client.GetStringAsync(page);
        string second = await host.Client.GetStringAsync(page);
        using HttpResponseMessage third = await host.Client.SendAsync(refresh);

        Assert.Equal("answer 1", first);
        Assert.Equal("answer 1", second);
        Assert.Equal("answer 2", await third.Content.ReadAsStringAsync());
    }

    private static Task<StackHost> StartAsync(StackServer server)
    {
        int count = 0;
        return StackHost.StartAsync(
            server,
            app =>
            {
                app.UseResponseCaching();
                app.UseOutputCache();
                app.MapGet("/output", async (HttpResponse response) =>
                {
                    response.Headers.ETag = "\"one\"";
                    await Task.Delay(50);
                    return $"answer {Interlocked.Increment(ref count)}";
                }).CacheOutput();
                app.MapGet("/response", (HttpResponse response) =>
                {
                    response.Headers.CacheControl = "public,max-age=60";
                    return $"answer {Interlocked.Increment(ref count)}";
                });
            },
            builder =>
            {
                builder.Services.AddOutputCache();
                builder.Services.AddResponseCaching();
            });
    }
}
