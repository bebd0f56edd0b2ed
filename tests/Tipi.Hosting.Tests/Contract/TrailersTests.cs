using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>What comes behind the body, and what comes before the head.</summary>
public sealed class TrailersTests
{
    [Theory, OnEachWire]
    public async Task Trailers_come_behind_the_body_and_the_next_response_has_none(
        TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            HttpResponse response = context.Response;
            if (context.Request.Path == "/without")
            {
                await response.WriteAsync("hello");
                return;
            }
            Assert.True(response.SupportsTrailers());
            response.DeclareTrailer("X-Sum");
            if (context.Request.Path == "/with") await response.WriteAsync("hello");
            response.AppendTrailer("X-Sum", new StringValues(["1", "2"]));
            response.AppendTrailer("X-Last", "3");
        });
        foreach ((string path, string body) in new[]
            { ("/with", "hello"), ("/without", "hello"), ("/bare", ""), ("/without", "hello") })
        {
            using HttpResponseMessage response = await server.SendAsync("GET", path);
            Assert.Equal(body, await response.Content.ReadAsStringAsync());
            bool isPresent = response.TrailingHeaders.TryGetValues("X-Sum", out IEnumerable<string>? sum);
            Assert.Equal(path != "/without", isPresent);
            if (!isPresent) continue;
            Assert.Equal(["1", "2"], sum!);
            Assert.Equal(["3"], response.TrailingHeaders.GetValues("X-Last"));
            Assert.Equal(["X-Sum"], response.Headers.Trailer);
        }
    }

    [Theory, OnEachWire]
    public async Task Early_hints_and_others_are_passed_over_by_who_does_not_know_them(
        TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            for (int i = 0; i < 10; i++) await context.Response.SendEarlyHintsAsync($"</{i}.css>; rel=preload");
            await context.Response.SendInformationalAsync(102, []);
            Assert.False(context.Response.HasStarted);
            await context.Response.WriteAsync("hello");
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Response.SendEarlyHintsAsync("</late.css>; rel=preload"));
        });
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await server.SendAsync("GET", "/");
            Assert.Equal("hello", await response.Content.ReadAsStringAsync());
            Assert.False(response.Headers.Contains("Link"));
        }
    }
}
