using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Tipi.Hosting.Tests.Exchange;

/// <summary>The host reuses its HttpContext; nothing of a request reaches the next one.</summary>
public sealed class ReusedContextTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task The_same_object_comes_back_clean(TipiTransport transport)
    {
        var contexts = new HashSet<HttpContext>(ReferenceEqualityComparer.Instance);
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            lock (contexts) contexts.Add(context);
            string traces = Traces(context);
            Leave(context);
            await context.Response.WriteAsync(traces);
            if (context.Response.SupportsTrailers()) context.Response.AppendTrailer("X-Mine", "1");
            await context.Response.CompleteAsync();
        });
        using RawClient client = await server.ConnectAsync();
        for (int i = 0; i < 30; i++)
        {
            await client.SendAsync(Get);
            RawResponse head = new(await client.ReadHeadAsync(), "");
            Assert.Equal("1", head.Header("X-Mine"));
            Assert.Equal("5\r\nclean\r\n0\r\nX-Mine: 1\r\n\r\n", await client.ReadHeadAsync());
        }
        // The connection's own; a further one where the machine stood still so long that it gave that up.
        Assert.InRange(contexts.Count, 1, 10);
    }

    private static string Traces(HttpContext context)
    {
        var traces = new List<string>();
        void Note(bool isThere, string what)
        {
            if (isThere) traces.Add(what);
        }
        Note(context.Items.Count > 0, "items");
        Note(context.Features.Get<List<int>>() is not null, "feature");
        Note(context.Features.Get<IHttpResponseBodyFeature>() is StreamResponseBodyFeature, "replaced feature");
        Note(context.User.Identity?.IsAuthenticated == true, "user");
        var authentication = context.Features.Get<IHttpAuthenticationFeature>();
        Note(authentication?.User?.Identity?.IsAuthenticated == true, "user feature");
        Note(context.Response.Headers.Count > 0, "headers");
        Note(context.Features.Get<IHttpResponseTrailersFeature>()!.Trailers.Count > 0, "trailers");
        Note(context.Response.StatusCode != 200, "status");
        Note(context.RequestAborted.IsCancellationRequested, "aborted");
        Note(context.TraceIdentifier == "mine", "identifier");
        Note(context.Request.Path != "/" || context.Request.Method != "GET", "path");
        Note(context.Request.PathBase.HasValue || context.Request.Scheme != "http", "scheme");
        Note(context.Request.Headers.ContainsKey("X-Mine"), "request header");
        Note(context.Connection.RemotePort == 1, "peer");
        Note(context.GetEndpoint() is not null || context.Request.RouteValues.Count > 0, "endpoint");
        Note(context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize != 30_000_000, "size");
        Note(context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO, "synchronous");
        Note(context.Features.Get<IBadRequestExceptionFeature>()!.Error is not null, "error");
        Note(context.Request.Cookies.Count > 0 || context.Request.Query.Count > 0, "cookies");
        return traces.Count == 0 ? "clean" : string.Join(",", traces);
    }

    private static void Leave(HttpContext context)
    {
        context.Items["mine"] = 1;
        context.Features.Set(new List<int>());
        var body = context.Features.Get<IHttpResponseBodyFeature>()!;
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body.Stream, body));
        context.User = new ClaimsPrincipal(new ClaimsIdentity("mine"));
        context.Response.Headers["X-Mine"] = "1";
        context.Response.StatusCode = 201;
        context.TraceIdentifier = "mine";
        context.RequestAborted = new CancellationToken(canceled: true);
        (context.Request.Path, context.Request.Method, context.Request.PathBase) = ("/mine", "MINE", "/base");
        context.Request.Scheme = "mine";
        context.Request.Headers["X-Mine"] = "1";
        context.Request.Headers.Cookie = "a=b";
        context.Request.QueryString = new QueryString("?a=b");
        context.Connection.RemotePort = 1;
        context.SetEndpoint(new Endpoint(null, null, "mine"));
        context.Request.RouteValues["a"] = "b";
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
    }
}
