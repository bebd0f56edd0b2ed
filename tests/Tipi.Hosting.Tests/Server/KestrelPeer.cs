using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Server;

/// <summary>Kestrel on a free port of the loopback, to compare with.</summary>
internal sealed class KestrelPeer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelPeer(WebApplication app) => _app = app;

    internal IPEndPoint EndPoint { get; private set; } = null!;

    /// <summary>Starts a server whose application is one terminal delegate.</summary>
    internal static async Task<KestrelPeer> StartAsync(
        RequestDelegate application, Action<KestrelServerOptions>? configure = null,
        Action<ListenOptions>? listen = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, endpoint => listen?.Invoke(endpoint));
            configure?.Invoke(options);
        });
        var server = new KestrelPeer(builder.Build());
        server._app.Run(application);
        await server._app.StartAsync();
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.EndPoint = new IPEndPoint(IPAddress.Loopback, new Uri(addresses.Addresses.Single()).Port);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(source.Token);
        await _app.DisposeAsync();
    }
}
