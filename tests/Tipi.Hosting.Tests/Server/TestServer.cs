using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Server;

/// <summary>A host with Tipi on a free port of the loopback.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly LogRecorder _logs = new();
    private readonly WebApplication _app;

    private TestServer(WebApplicationBuilder builder, TipiTransport transport, Action<TipiServerOptions>? configure)
    {
        builder.Logging.AddProvider(_logs);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseTipi(options =>
        {
            options.Transport = transport;
            options.Listen(IPAddress.Loopback, 0);
            configure?.Invoke(options);
        });
        _app = builder.Build();
    }

    internal IServiceProvider Services => _app.Services;

    internal int Port => Ports[0];

    /// <summary>The port of each endpoint; the first is the default one.</summary>
    internal IReadOnlyList<int> Ports { get; private set; } = [];

    /// <summary>What the server itself has logged, without the framework's lines.</summary>
    internal IEnumerable<LogRecord> Logs =>
        _logs.Records.Where(record => record.Category.StartsWith("Tipi.", StringComparison.Ordinal));

    /// <summary>Starts a server whose application is one terminal delegate.</summary>
    internal static Task<TestServer> StartAsync(
        TipiTransport transport, RequestDelegate application, Action<TipiServerOptions>? configure = null) =>
        StartAppAsync(transport, app => app.Run(application), configure);

    /// <summary>Starts a server with an application of endpoints and middleware.</summary>
    internal static async Task<TestServer> StartAppAsync(
        TipiTransport transport, Action<WebApplication> build, Action<TipiServerOptions>? configure = null,
        Action<IServiceCollection>? services = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        services?.Invoke(builder.Services);
        var server = new TestServer(builder, transport, configure);
        build(server._app);
        await server._app.StartAsync();
        var addresses = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Ports = addresses.Addresses.Select(PortOf).ToArray();
        return server;
    }

    internal Task<RawClient> ConnectAsync(int endpoint = 0) =>
        RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Ports[endpoint]));

    /// <summary>Sends one request on its own connection and reads the answer.</summary>
    internal async Task<RawResponse> AskAsync(string request, int endpoint = 0)
    {
        using RawClient client = await ConnectAsync(endpoint);
        await client.SendAsync(request);
        return await client.ReadResponseAsync(isHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    internal async Task StopAsync(TimeSpan patience)
    {
        using var source = new CancellationTokenSource(patience);
        await _app.StopAsync(source.Token);
    }

    public async ValueTask DisposeAsync()
    {
        // Short, as some applications never end; long enough for a request that was just answered to be logged as such.
        await StopAsync(TimeSpan.FromSeconds(1));
        await _app.DisposeAsync();
    }

    private static int PortOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Port > 0 ? uri.Port : 0;
}
