using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Nothing of a request is seen in the next one, though both use the same objects.</summary>
public sealed class IsolationTests
{
    [Theory, OnEachWire]
    public async Task What_a_request_set_is_gone_with_it(TipiTransport transport, Wire wire)
    {
        var calls = new List<string>();
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, context => context.Request.Path == "/set" ? SetAsync(context, calls) : TellAsync(context),
            options => options.Limits.MaxRequestBodySize = 1_000);
        string first = await server.GetTextAsync("/tell");
        for (int i = 0; i < 5; i++)
        {
            HttpRequestMessage set = server.Request("POST", "/set?q=1", new StringContent("body"));
            set.Headers.Add("X-Request", "1");
            set.Headers.Add("Cookie", "a=1");
            using HttpResponseMessage response = await server.SendAsync(set);
            Assert.Equal((HttpStatusCode)299, response.StatusCode);
            Assert.Equal("set", await response.Content.ReadAsStringAsync());
            using HttpResponseMessage tells = await server.SendAsync("POST", "/tell", StreamedContent.Of([]));
            Assert.Equal(first, await tells.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.OK, tells.StatusCode);
            Assert.False(tells.Headers.Contains("X-Set"));
            Assert.Empty(tells.TrailingHeaders);
            Assert.Equal(first, await server.GetTextAsync("/tell"));
        }
        Assert.Equal(5, calls.Count(call => call == "starting"));
    }

    [Theory, OnEachWire]
    public async Task A_cancellation_that_nobody_took_is_not_of_the_next_request(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/cancel")
            {
                await context.Response.WriteAsync("x");
                context.Request.BodyReader.CancelPendingRead();
                context.Response.BodyWriter.CancelPendingFlush();
                return;
            }
            bool isRead = (await context.Request.BodyReader.ReadAsync()).IsCanceled;
            context.Response.BodyWriter.GetSpan(1)[0] = (byte)'x';
            context.Response.BodyWriter.Advance(1);
            bool isFlush = (await context.Response.BodyWriter.FlushAsync()).IsCanceled;
            await context.Response.WriteAsync($"{isRead} {isFlush}");
        });
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("x", await server.TextAsync("POST", "/cancel", new StringContent("abc")));
            Assert.Equal("xFalse False", await server.TextAsync("POST", "/", new StringContent("abc")));
            Assert.Equal("x", await server.GetTextAsync("/cancel"));
            Assert.Equal("xFalse False", await server.TextAsync("POST", "/", StreamedContent.Of([1])));
        }
    }

    [Theory, OnEachWire]
    public async Task Persistent_state_is_not_of_other_connections(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            var state = context.Features.Get<IPersistentStateFeature>()!.State;
            bool isOwn = !state.TryGetValue("id", out object? id) || (string)id! == context.Connection.Id;
            state["id"] = context.Connection.Id;
            Assert.Same(state, context.Features.Get<IPersistentStateFeature>()!.State);
            return context.Response.WriteAsync($"{isOwn} {state["id"] is not null}");
        });
        for (int i = 0; i < 4; i++)
        {
            using HttpClient client = server.NewClient();
            for (int n = 0; n < 3; n++) Assert.Equal("True True", await client.GetStringAsync("/"));
        }
    }

    private static Task SetAsync(HttpContext context, List<string> calls)
    {
        HttpResponse response = context.Response;
        response.StatusCode = 299;
        response.Headers["X-Set"] = new StringValues(["1", "2"]);
        response.ContentType = "text/x";
        response.AppendTrailer("X-Trailer", "1");
        response.OnStarting(() =>
        {
            lock (calls) calls.Add("starting");
            return Task.CompletedTask;
        });
        context.Items["x"] = 1;
        context.User = new ClaimsPrincipal(new ClaimsIdentity("x"));
        context.TraceIdentifier = "mine";
        context.Connection.RemoteIpAddress = IPAddress.Parse("9.9.9.9");
        context.Request.RouteValues["id"] = 7;
        context.Request.Scheme = "x";
        context.Request.PathBase = "/base";
        context.SetEndpoint(new Endpoint(null, null, "mine"));
        context.Features.Set("mine");
        context.Features.Set<IHttpUpgradeFeature>(null);
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = 5;
        context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
        return response.WriteAsync("set");
    }

    private static async Task TellAsync(HttpContext context)
    {
        int read = await context.Request.Body.ReadAsync(new byte[10]);
        string[] facts =
        [
            $"{context.Items.Count} {context.User.Identity?.IsAuthenticated} {context.TraceIdentifier == "mine"}",
            $"{context.Connection.RemoteIpAddress} {context.Request.RouteValues.Count} {context.Request.Scheme}",
            $"{context.Request.PathBase} {context.GetEndpoint() is null} {context.Features.Get<string>() is null}",
            $"{context.Features.Get<IHttpUpgradeFeature>() is null} {context.Response.Headers.Count}",
            $"{context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize}",
            $"{context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO} {context.Response.ContentType}",
            $"{context.Request.Headers.ContainsKey("X-Request")} {context.Request.Cookies.Count}",
            $"{context.Request.QueryString} {read} {context.Request.ContentType} {context.Response.StatusCode}",
            $"{context.Features.Get<IBadRequestExceptionFeature>()!.Error}",
        ];
        await context.Response.WriteAsync(string.Join(";", facts));
    }
}
