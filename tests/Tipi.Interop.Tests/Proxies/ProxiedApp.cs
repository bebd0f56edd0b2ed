using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tipi.Hosting;
using Tipi.Interop.Tests.Tools;
using Tipi.Transport.Uring;

namespace Tipi.Interop.Tests.Proxies;

/// <summary>An app behind a proxy that speaks the PROXY protocol. It answers with what it sees of its client.</summary>
internal sealed class ProxiedApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProxiedApp(WebApplication app) => _app = app;

    /// <summary>What a proxy's server line begins with.</summary>
    public string Address { get; private set; } = "";

    /// <summary>What was seen on connections of the proxy's own.</summary>
    public ConcurrentQueue<string> Local { get; } = [];

    /// <param name="transport">Which transport moves the bytes.</param>
    /// <param name="socketPath">A Unix socket to listen on; null: a port of the loopback.</param>
    public static async Task<ProxiedApp> StartAsync(TipiTransport transport, string? socketPath = null)
    {
        if (transport == TipiTransport.Uring && RingSupport.Probe() is { IsAvailable: false, Cause: var cause })
            throw Tool.Missing($"No io_uring here: {cause}.");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTipi(options =>
        {
            options.Transport = transport;
            if (socketPath is null) options.Listen(IPAddress.Loopback, 0, Configure);
            else options.ListenUnixSocket(socketPath, Configure);
        });
        var app = new ProxiedApp(builder.Build());
        app._app.Run(app.AnswerAsync);
        await app._app.StartAsync();
        var addresses = app._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        app.Address = socketPath is null ? new Uri(addresses.Addresses.Single()).Authority : $"unix@{socketPath}";
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private static void Configure(TipiListenOptions endpoint) => endpoint.UseProxyProtocol(proxy =>
    {
        proxy.AllowedNetworks.Add(IPNetwork.Parse("127.0.0.0/8"));
        proxy.AllowUnixSocket = true;
    });

    private Task AnswerAsync(HttpContext context)
    {
        var connection = context.Connection;
        var feature = context.Features.Get<IProxyProtocolFeature>()!;
        var client = new IPEndPoint(connection.RemoteIpAddress ?? IPAddress.None, connection.RemotePort);
        var site = new IPEndPoint(connection.LocalIpAddress ?? IPAddress.None, connection.LocalPort);
        if (feature.IsLocal) Local.Enqueue($"{context.Request.Path} {client.Address} {feature.Version}");
        return context.Response.WriteAsync(
            $"{client} {site} {feature.Version} {connection.Id} {Convert.ToHexString(feature.Tlvs.Span)}");
    }
}
