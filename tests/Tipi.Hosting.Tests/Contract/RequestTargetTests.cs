namespace Tipi.Hosting.Tests.Contract;

public sealed class RequestTargetTests
{
    private static readonly (string Target, string Path, string Query)[] s_targets =
    [
        ("/", "/", ""),
        ("/a/b", "/a/b", ""),
        ("/a%20b/%C3%A9?q=%20x", "/a b/\u00e9", "?q=%20x"),
        ("/a/../b", "/b", ""),
        ("/a/./b/..", "/a/", ""),
        ("/%2e%2e/b", "/b", ""),
        ("/a%2Fb%2fc", "/a%2Fb%2fc", ""),
        ("/a//b", "/a//b", ""),
        ("/?", "/", "?"),
        ("/x?a=1&a=2&b=%26?&/..", "/x", "?a=1&a=2&b=%26?&/.."),
        ("/100%25", "/100%", ""),
        ("/a+b", "/a+b", ""),
        ("/%F0%9F%90%98", "/\U0001F418", ""),
        ("/%zz", "/%zz", ""),
        ("/;a=b,c:d@e!$'()*~", "/;a=b,c:d@e!$'()*~", ""),
    ];

    [Theory, OnEachWire]
    public async Task A_target_is_decoded_and_also_given_as_it_came(TipiTransport transport, Wire wire)
    {
        (string, string?, string?) seen = default;
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            string raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            seen = (raw, context.Request.Path.Value, context.Request.QueryString.Value);
            Assert.Equal("", context.Request.PathBase.Value);
            return context.Response.WriteAsync("ok");
        });
        foreach ((string target, string path, string query) in s_targets)
        {
            Assert.Equal("ok", await server.GetTextAsync(target));
            Assert.Equal((target, path, query), seen);
        }
    }

    [Theory, OnEachWire]
    public async Task The_longest_target_is_the_limit(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, context => context.Response.WriteAsync($"{context.Request.Path.Value!.Length}"),
            options => options.Limits.MaxRequestLineSize = 1_000);
        Assert.Equal("900", await server.GetTextAsync("/" + new string('x', 899)));
        using HttpResponseMessage response = await server.SendAsync("GET", "/" + new string('x', 2_000));
        Assert.Equal(414, (int)response.StatusCode);
        Assert.Equal("900", await server.GetTextAsync("/" + new string('x', 899)));
    }

    [Theory, OnEachWire]
    public async Task Every_method_arrives(TipiTransport transport, Wire wire)
    {
        string seen = "";
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            seen = context.Request.Method;
            return Task.CompletedTask;
        });
        foreach (string method in new[]
            { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW", "A-B_c!1" })
        {
            using HttpResponseMessage response = await server.SendAsync(method, "/");
            Assert.Equal((200, method), ((int)response.StatusCode, seen));
        }
    }

    [Theory, OnEachWire]
    public async Task Scheme_protocol_and_connection_tell_the_wire(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            (HttpRequest request, ConnectionInfo info) = (context.Request, context.Connection);
            return context.Response.WriteAsync(
                $"{request.Scheme} {request.IsHttps} {request.Protocol} {request.Host} {info.RemoteIpAddress} " +
                $"{info.LocalIpAddress} {info.LocalPort} {info.RemotePort > 0} {info.Id.Length > 0}");
        });
        string scheme = server.IsSecure ? "https" : "http";
        string protocol = server.IsHttp2 ? "HTTP/2" : "HTTP/1.1";
        string addresses = $"localhost:{server.Port} 127.0.0.1 127.0.0.1 {server.Port}";
        Assert.Equal(
            $"{scheme} {server.IsSecure} {protocol} {addresses} True True", await server.GetTextAsync());
    }

    [Theory, OnEachWire]
    public async Task Requests_have_names_of_their_own(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, context => context.Response.WriteAsync(context.TraceIdentifier));
        string[] names = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.GetTextAsync()));
        Assert.Equal(50, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[0-9A-Z]+:[0-9A-F]{8}$", name));
    }
}
