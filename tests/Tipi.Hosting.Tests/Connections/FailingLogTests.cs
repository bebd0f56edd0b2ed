using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>A log whose disk is full throws. The server goes on without it.</summary>
public sealed class FailingLogTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task A_rejected_connection_that_can_not_be_logged_does_not_end_the_accepting(TipiTransport transport)
    {
        var log = new FailingLog();
        await using TestServer server = await StartAsync(
            transport, log, _ => Task.CompletedTask, options => options.Limits.MaxConcurrentConnections = 1);
        using (RawClient first = await server.ConnectAsync())
        {
            await AskAsync(first);
            using RawClient second = Connect(server);
            await log.Failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
        await UntilServedAsync(server);
    }

    [Theory, OnEachTransport]
    public async Task A_connection_that_fails_and_can_not_be_logged_is_not_counted_for_ever(TipiTransport transport)
    {
        var log = new FailingLog();
        await using TestServer server = await StartAsync(
            transport, log, _ => Task.CompletedTask, options =>
            {
                options.Limits.MaxConcurrentConnections = 1;
                bool isFirst = true;
                options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => connection =>
                {
                    if (!isFirst) return next(connection);
                    isFirst = false;
                    throw new InvalidOperationException("The middleware is broken.");
                }));
            });
        using RawClient failing = Connect(server, endpoint: 1);
        await log.Failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await UntilServedAsync(server, endpoint: 1);
    }

    [Theory, OnEachTransport]
    public async Task A_slow_reader_that_can_not_be_logged_does_not_end_the_process(TipiTransport transport)
    {
        var log = new FailingLog();
        await using TestServer server = await StartAsync(
            transport, log,
            context => context.Request.Path == "/big"
                ? context.Response.Body.WriteAsync(new byte[64 * 1024 * 1024]).AsTask()
                : Task.CompletedTask,
            options => options.Limits.MinResponseDataRate = new MinDataRate(1e9, TimeSpan.FromSeconds(1.1)));
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        await log.Failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await UntilServedAsync(server);
    }

    private static Task<TestServer> StartAsync(
        TipiTransport transport, FailingLog log, RequestDelegate application, Action<TipiServerOptions> configure) =>
        TestServer.StartAppAsync(
            transport, app => app.Run(application), configure,
            services => services.AddSingleton<ILoggerProvider>(log));

    private static async Task UntilServedAsync(TestServer server, int endpoint = 0)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using RawClient client = Connect(server, endpoint);
                await AskAsync(client);
                return;
            }
            catch (Exception refused) when (refused is SocketException or EndOfStreamException)
            {
                await Task.Delay(50, late.Token);
            }
        }
    }

    private static RawClient Connect(TestServer server, int endpoint = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // At once: an asynchronous connect that is reset right behind the handshake fails itself.
        socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Ports[endpoint]));
        return RawClient.Over(socket);
    }

    private static async Task AskAsync(RawClient client)
    {
        await client.SendAsync(Get);
        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    /// <summary>Throws at what the server says of connections, from Information on, and at slow readers.</summary>
    private sealed class FailingLog : ILoggerProvider, ILogger
    {
        private const int ResponseTooSlow = 28;

        internal TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            string text = formatter(state, exception);
            if (!text.Contains("onnection", StringComparison.Ordinal) && eventId.Id != ResponseTooSlow) return;
            if (logLevel < LogLevel.Warning && eventId.Id != ResponseTooSlow) return;
            Failed.TrySetResult();
            throw new IOException("No space left on device.");
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
