using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Tipi.Stack.Tests.Server;

/// <summary>An application of the framework's parts on one of the servers, at a free port of the loopback.</summary>
internal sealed class StackHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogRecorder _logs;
    private readonly HttpMessageInvoker _sockets;

    private StackHost(WebApplication app, LogRecorder logs, StackServer server, StackWire wire)
    {
        _app = app;
        _logs = logs;
        Server = server;
        Wire = wire;
        Address = new Uri(AddressOf(app.Services));
        Client = ClientWith(_ => { });
        _sockets = new HttpMessageInvoker(wire.NewHandler());
    }

    internal StackServer Server { get; }

    internal StackWire Wire { get; }

    internal Uri Address { get; }

    /// <summary>Follows no redirect and keeps no cookies, so that a test sees each answer.</summary>
    internal HttpClient Client { get; }

    internal IServiceProvider Services => _app.Services;

    internal IEnumerable<LogRecord> Logs => _logs.Records;

    internal static async Task<StackHost> StartAsync(
        StackServer server, Action<WebApplication> build, Action<WebApplicationBuilder>? configure = null,
        StackWire wire = StackWire.Http1)
    {
        var logs = new LogRecorder();
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(StackHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);
        builder.WebHost.UseStackServer(server, wire);
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        build(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        RequireServer(app.Services, server);
        return new StackHost(app, logs, server, wire);
    }

    /// <summary>The address that the server reports, with the port that the system chose.</summary>
    internal static string AddressOf(IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Fails unless the application is on the server that the test speaks of.</summary>
    internal static void RequireServer(IServiceProvider services, StackServer server) =>
        Assert.Equal(
            server.IsTipi() ? "Tipi.Hosting" : "Microsoft.AspNetCore.Server.Kestrel.Core",
            services.GetRequiredService<IServer>().GetType().Assembly.GetName().Name);

    internal HttpClient ClientWith(Action<SocketsHttpHandler> configure)
    {
        SocketsHttpHandler handler = Wire.NewHandler();
        configure(handler);
        return new HttpClient(handler)
        {
            BaseAddress = Address,
            DefaultRequestVersion = Wire.Version(),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Eventually.Patience,
        };
    }

    /// <summary>A client that keeps cookies, as a browser does.</summary>
    internal HttpClient Browser(CookieContainer? cookies = null) => ClientWith(handler =>
    {
        handler.UseCookies = true;
        handler.CookieContainer = cookies ?? new CookieContainer();
    });

    /// <summary>A WebSocket by the host's version of HTTP; over HTTP/2 all share a connection.</summary>
    internal async Task<ClientWebSocket> OpenSocketAsync(
        string path, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Wire.Version();
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        configure?.Invoke(socket.Options);
        using var limit = new CancellationTokenSource(Eventually.Patience);
        await socket.ConnectAsync(
            new Uri($"{(Wire.HasTls() ? "wss" : "ws")}://{Address.Authority}/{path}"), _sockets, limit.Token);
        return socket;
    }

    internal Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Address.Port));

    /// <summary>Asks it to stop, and waits so long for what is under way.</summary>
    internal async Task StopAsync(TimeSpan patience)
    {
        using var source = new CancellationTokenSource(patience);
        await _app.StopAsync(source.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _sockets.Dispose();
        await StopAsync(TimeSpan.FromMilliseconds(100));
        await _app.DisposeAsync();
    }
}
