using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>A log whose disk is full throws. The server goes on without it.</summary>
public sealed class FailingLogTests
{
    private const int ConnectionFailed = 5;
    private const int ConnectionCallbackFailed = 15;
    private const int ConnectionsAborted = 16;
    private const int ConnectionRejected = 24;
    private const int ResponseTooSlow = 28;
    private const int AccessLogFailed = 57;
    private const int ApplicationFailed = 13;
    private const int RequestsShed = 7;
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory, OnEachTransport]
    public async Task A_rejected_connection_that_can_not_be_logged_does_not_end_the_accepting(TipiTransport transport)
    {
        var log = new FailingLog(ConnectionRejected);
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
        var log = new FailingLog(ConnectionFailed);
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
    public async Task Callbacks_of_a_connection_are_called_though_one_failed_and_can_not_be_logged(
        TipiTransport transport)
    {
        var log = new FailingLog(ConnectionCallbackFailed);
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await StartAsync(
            transport, log,
            context =>
            {
                if (context.Request.Path == "/") return Task.CompletedTask;
                var complete = context.Features.Get<IConnectionCompleteFeature>()!;
                complete.OnCompleted(
                    _ =>
                    {
                        called.TrySetResult();
                        return Task.CompletedTask;
                    },
                    "");
                complete.OnCompleted(_ => throw new InvalidOperationException("mine"), "");
                return Task.CompletedTask;
            },
            options => options.Limits.MaxConcurrentConnections = 1);
        using (RawClient client = await server.ConnectAsync())
        {
            await client.SendAsync("GET /hook HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        }
        await log.Failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await UntilServedAsync(server);
    }

    [Theory, OnEachTransport]
    public async Task A_stop_that_can_not_be_logged_is_done(TipiTransport transport)
    {
        var log = new FailingLog(ConnectionsAborted);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var file = new LogFile();
        TestServer server = await StartAsync(
            transport, log,
            async context =>
            {
                using var registration = context.RequestAborted.Register(aborted.SetResult);
                running.SetResult();
                await aborted.Task;
            },
            options =>
            {
                options.AccessLog.Format = AccessLogFormat.Json;
                options.AccessLog.Path = file.Path;
            });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await running.Task;

        await server.StopAsync(TimeSpan.FromMilliseconds(100));

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        // The steps behind the one that failed: the transport is disposed of, and the access log is written.
        await LogFile.WaitForLinesAsync(file.Path, 1);
        Assert.Throws<SocketException>(() => Connect(server));
        await server.DisposeAsync();
    }

    [Theory, OnEachTransport]
    public async Task A_slow_reader_that_can_not_be_logged_does_not_end_the_process(TipiTransport transport)
    {
        var log = new FailingLog(ResponseTooSlow);
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

    [Theory, OnEachTransport]
    public async Task Access_lines_that_are_lost_and_can_not_be_logged_do_not_end_the_process(TipiTransport transport)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "/dev/full is not there");
        var log = new FailingLog(AccessLogFailed);
        await using TestServer server = await StartAsync(transport, log, _ => Task.CompletedTask, options =>
        {
            options.AccessLog.Format = AccessLogFormat.Json;
            options.AccessLog.Path = "/dev/full";
        });
        using var meters = new MeterRecorder(server);
        using RawClient client = await server.ConnectAsync();
        await AskAsync(client);
        await log.Failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        // The thread goes on: the next line is lost and counted as well.
        await AskAsync(client);
        await meters.WaitAsync("tipi.access_log.dropped", 2);
    }

    [Theory, OnEachTransport]
    public async Task A_request_that_fails_and_can_not_be_logged_is_answered(TipiTransport transport)
    {
        var log = new FailingLog(ApplicationFailed, ConnectionFailed);
        await using TestServer server = await StartAsync(
            transport, log, context => throw new InvalidOperationException("It is broken."), _ => { });

        Assert.Equal(500, (await server.AskAsync(Get)).Status);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        Assert.Equal(500, (await client.AskAsync(1, Http2Client.Get)).Status);
        Assert.Equal(500, (await client.AskAsync(3, Http2Client.Get)).Status);
        Assert.True(log.Failed.Task.IsCompleted);
    }

    /// <summary>Counted out twice, the limit would allow one more with each of them.</summary>
    [Theory, OnEachTransport]
    public async Task An_upgraded_request_that_fails_and_can_not_be_logged_leaves_its_place_once(
        TipiTransport transport)
    {
        const string Upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
        var log = new FailingLog(ApplicationFailed, ConnectionFailed);
        await using TestServer server = await StartAsync(
            transport, log,
            async context =>
            {
                Stream stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
                if (await stream.ReadAsync(new byte[1]) > 0) throw new InvalidOperationException("It is broken.");
            },
            options => options.Limits.MaxConcurrentUpgradedConnections = 1);
        using var meters = new MeterRecorder(server);
        for (int i = 0; i < 3; i++)
        {
            using RawClient failing = await server.ConnectAsync();
            await failing.SendAsync(Upgrade);
            Assert.StartsWith("HTTP/1.1 101", await failing.ReadHeadAsync(), StringComparison.Ordinal);
            await failing.SendAsync("x");
            await failing.ReadToEndAsync();
        }
        Assert.True(log.Failed.Task.IsCompleted);
        await Eventually.NothingIsLeftAsync(meters);

        using RawClient one = await server.ConnectAsync();
        await one.SendAsync(Upgrade);
        Assert.StartsWith("HTTP/1.1 101", await one.ReadHeadAsync(), StringComparison.Ordinal);
        using RawClient another = await server.ConnectAsync();
        await another.SendAsync(Upgrade);
        Assert.StartsWith("HTTP/1.1 500", await another.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory, OnEachTransport]
    public async Task A_request_that_is_shed_and_can_not_be_logged_is_answered(TipiTransport transport)
    {
        var log = new FailingLog(RequestsShed, ApplicationFailed, ConnectionFailed);
        var release = new TaskCompletionSource();
        await using TestServer server = await StartAsync(
            transport, log, _ => release.Task, options => options.Limits.MaxConcurrentRequests = 1);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);

        await client.HeadersAsync(3, Http2Client.Get);
        await log.Failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(503, (await client.AnswerAsync(3)).Status);
        release.SetResult();
        Assert.Equal(200, (await client.AnswerAsync(1)).Status);
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
}
