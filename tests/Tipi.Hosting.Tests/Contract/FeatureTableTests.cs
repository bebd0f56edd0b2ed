using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Which features a request has, by version and with TLS: Kestrel 10's, and three more.</summary>
public sealed class FeatureTableTests
{
    private static readonly Type[] s_always =
    [
        typeof(IHttpRequestFeature), typeof(IHttpResponseFeature), typeof(IHttpResponseBodyFeature),
        typeof(IRequestBodyPipeFeature), typeof(IHttpRequestIdentifierFeature), typeof(IHttpConnectionFeature),
        typeof(IHttpRequestLifetimeFeature), typeof(IHttpRequestBodyDetectionFeature),
        typeof(IHttpRequestTrailersFeature), typeof(IHttpUpgradeFeature), typeof(IHttpMaxRequestBodySizeFeature),
        typeof(IHttpBodyControlFeature), typeof(IBadRequestExceptionFeature), typeof(IRouteValuesFeature),
        typeof(IEndpointFeature), typeof(IPersistentStateFeature), typeof(IConnectionIdFeature),
        typeof(IConnectionItemsFeature), typeof(IConnectionTransportFeature), typeof(IConnectionLifetimeFeature),
        typeof(IMemoryPoolFeature), typeof(IConnectionSocketFeature), typeof(IConnectionCompleteFeature),
        typeof(IConnectionHeartbeatFeature), typeof(IConnectionLifetimeNotificationFeature),
        typeof(IHttpMinRequestBodyDataRateFeature), typeof(IHttpExtendedConnectFeature),
        // Kestrel has no trailers on HTTP/1.1, no rate of a response on HTTP/2, and no informational responses at all.
        typeof(IHttpResponseTrailersFeature), typeof(IHttpMinResponseDataRateFeature),
        typeof(IHttpInformationalResponseFeature),
    ];

    private static readonly Type[] s_http2 = [typeof(IHttpResetFeature), typeof(IHttp2StreamIdFeature)];

    private static readonly Type[] s_tls =
    [
        typeof(ITlsConnectionFeature), typeof(ITlsHandshakeFeature), typeof(ITlsApplicationProtocolFeature),
        typeof(ISslStreamFeature),
    ];

    private static readonly Type[] s_never =
        [typeof(IServerAddressesFeature), typeof(IConnectionNamedPipeFeature)];

    [Theory, OnEachWire]
    public async Task A_request_has_those_of_its_wire_and_no_others(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            bool isHttp2 = context.Request.Protocol == "HTTP/2";
            bool isSecure = context.Request.IsHttps;
            Type[] wanted = [.. s_always, .. isHttp2 ? s_http2 : [], .. isSecure ? s_tls : []];
            Type[] unwanted = [.. s_never, .. isHttp2 ? [] : s_http2, .. isSecure ? [] : s_tls];
            Type[] missing = [.. wanted.Where(type => context.Features[type]?.GetType().IsAssignableTo(type) != true)];
            Type[] extra = [.. unwanted.Where(type => context.Features[type] is not null)];
            string names = string.Join(",", missing.AsEnumerable());
            return context.Response.WriteAsync($"-{names} +{string.Join(",", extra.AsEnumerable())}");
        });
        for (int i = 0; i < 2; i++) Assert.Equal("- +", await server.GetTextAsync());
    }

    [Theory, OnEachWire]
    public async Task Those_that_mean_nothing_here_say_so(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            IHttpUpgradeFeature upgrade = context.Features.Get<IHttpUpgradeFeature>()!;
            Assert.False(upgrade.IsUpgradableRequest);
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await upgrade.UpgradeAsync());
            var connect = context.Features.Get<IHttpExtendedConnectFeature>()!;
            Assert.Equal((false, null), (connect.IsExtendedConnect, connect.Protocol));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await connect.AcceptAsync());
            await context.Response.WriteAsync("ok");
        });
        Assert.Equal("ok", await server.GetTextAsync());
    }

    [Theory, OnEachWire]
    public async Task The_handshake_is_told(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            var handshake = context.Features.Get<ITlsHandshakeFeature>();
            var protocol = context.Features.Get<ITlsApplicationProtocolFeature>();
            string agreed = Encoding.ASCII.GetString(protocol is null ? [] : protocol.ApplicationProtocol.Span);
            return context.Response.WriteAsync($"{agreed} {handshake?.HostName} {handshake?.Protocol}");
        });
        // The client offers none for HTTP/1.1 alone.
        string agreed = server.IsHttp2 ? "h2" : "";
        Assert.Equal(server.IsSecure ? $"{agreed} localhost Tls13" : "  ", await server.GetTextAsync());
    }
}
