using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tipi.Hosting;

namespace Tipi.Parity.Servers;

/// <summary>A host with one of the servers on a free port of the loopback.</summary>
internal sealed class SubjectServer : IAsyncDisposable
{
    private readonly LogLines _logs = new();
    private readonly ConcurrentBag<IDisposable> _kept = [];
    private readonly WebApplication _app;
    private IPEndPoint _endPoint = new(IPAddress.Loopback, 0);

    private SubjectServer(Subject subject, Settings settings, RequestDelegate application)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(_logs);
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        if (subject == Subject.Kestrel)
        {
            builder.WebHost.ConfigureKestrel(options =>
            {
                options.Listen(IPAddress.Loopback, 0, endpoint =>
                {
                    endpoint.Protocols = settings.Protocols;
                    if (settings.Https is { } more) endpoint.UseHttps(TestCertificate.Own, more);
                });
                settings.OnKestrel(options);
            });
        }
        else
        {
            builder.WebHost.UseTipi(options =>
            {
                options.Transport = Subjects.TransportOf(subject);
                options.Listen(IPAddress.Loopback, 0, endpoint =>
                {
                    endpoint.Protocols = settings.Protocols;
                    if (settings.Https is { } more) endpoint.UseHttps(TestCertificate.Own, more);
                });
                settings.OnTipi(options);
            });
        }
        _app = builder.Build();
        _app.Run(application);
    }

    internal IServer Server => _app.Services.GetRequiredService<IServer>();

    internal IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    internal IEnumerable<LogLine> Logs => _logs.All;

    internal IEnumerable<string> Addresses => Server.Features.Get<IServerAddressesFeature>()!.Addresses;

    internal int Port => _endPoint.Port;

    internal static async Task<SubjectServer> StartAsync(
        Subject subject, Settings settings, RequestDelegate application)
    {
        var server = new SubjectServer(subject, settings, application);
        await server._app.StartAsync();
        string address = server.Addresses.First();
        server._endPoint = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
        return server;
    }

    internal Task<Wire> ConnectAsync() => Wire.ConnectAsync(_endPoint);

    internal async Task<Wire> EncryptAsync(SslClientAuthenticationOptions options)
    {
        Socket socket = await Links.ConnectAsync(Port);
        return new Wire(socket, await Links.EncryptAsync(socket, options));
    }

    /// <summary>Holds a connection as long as the server.</summary>
    internal void Keep(IDisposable wire) => _kept.Add(wire);

    internal async Task StopAsync(TimeSpan patience)
    {
        using var source = new CancellationTokenSource(patience);
        await _app.StopAsync(source.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromMilliseconds(100));
        await _app.DisposeAsync();
        foreach (IDisposable wire in _kept) wire.Dispose();
    }
}
