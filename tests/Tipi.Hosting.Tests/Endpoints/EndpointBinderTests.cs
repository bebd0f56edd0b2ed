using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Endpoints;

namespace Tipi.Hosting.Tests.Endpoints;

public sealed class EndpointBinderTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task An_inherited_socket_serves_under_its_real_address(TipiTransport transport)
    {
        var inherited = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        inherited.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        inherited.Listen();
        int port = ((IPEndPoint)inherited.LocalEndPoint!).Port;
        nint descriptor = inherited.Handle;
        inherited.SafeHandle.SetHandleAsInvalid(); // from now on the server's
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync("here"),
            options => options.ListenHandle((ulong)descriptor));
        Assert.Equal(port, server.Ports[1]);
        Assert.Equal("here", (await server.AskAsync(Get, endpoint: 1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task An_end_point_of_another_kind_goes_to_a_factory_that_can_bind_it(TipiTransport transport)
    {
        var factory = new NamedFactory("door");
        await using TestServer server = await TestServer.StartAppAsync(
            transport, app => app.Run(context => context.Response.WriteAsync("here")),
            options => options.ListenNamedPipe("door"),
            services => services.AddSingleton<IConnectionListenerFactory>(factory));
        using RawClient client = await RawClient.ConnectAsync(factory.RealEndPoint!);
        await client.SendAsync(Get);
        Assert.Equal("here", (await client.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task An_end_point_that_nobody_can_bind_stops_the_start()
    {
        Task<TestServer> StartAsync(Action<TipiServerOptions> configure) => TestServer.StartAppAsync(
            TipiTransport.Sockets, static _ => { }, configure,
            services => services.AddSingleton<IConnectionListenerFactory>(new NamedFactory("door")));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(options => options.ListenNamedPipe("window")));
        Assert.Contains("http://pipe:/window", error.Message);
        Assert.Contains("UseNamedPipes", error.Message);
        error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(options => options.Listen(new DnsEndPoint("a", 1))));
        Assert.Contains(nameof(DnsEndPoint), error.Message);
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, 80, "setcap")]
    [InlineData(SocketError.AccessDenied, 8080, "permission denied")]
    [InlineData(SocketError.AddressNotAvailable, 80, "no network interface")]
    public void A_failure_says_what_to_do(SocketError code, int port, string remedy)
    {
        var endPoint = new IPEndPoint(IPAddress.Any, port);
        IOException? explained = BindFailure.Explain(new SocketException((int)code), endPoint, $"http://*:{port}");
        Assert.StartsWith($"Cannot listen on http://*:{port}: ", explained!.Message);
        Assert.Contains(remedy, explained.Message);
    }

    [Theory, OnEachTransport]
    public async Task An_address_of_another_machine_is_named(TipiTransport transport)
    {
        var error = await Assert.ThrowsAsync<IOException>(() => TestServer.StartAsync(
            transport, static _ => Task.CompletedTask, options => options.Listen(IPAddress.Parse("192.0.2.1"), 8080)));
        Assert.Contains("http://192.0.2.1:8080: no network interface", error.Message);
    }

    /// <summary>A transport that knows one pipe, which is in truth a port.</summary>
    private sealed class NamedFactory(string name) : IConnectionListenerFactory, IConnectionListenerFactorySelector
    {
        private readonly SocketTransportFactory _sockets =
            new(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);

        internal EndPoint? RealEndPoint { get; private set; }

        public bool CanBind(EndPoint endpoint) => endpoint is NamedPipeEndPoint pipe && pipe.PipeName == name;

        public async ValueTask<IConnectionListener> BindAsync(
            EndPoint endpoint, CancellationToken cancellationToken = default)
        {
            var any = new IPEndPoint(IPAddress.Loopback, 0);
            IConnectionListener listener = await _sockets.BindAsync(any, cancellationToken);
            RealEndPoint = listener.EndPoint;
            return listener;
        }
    }
}
