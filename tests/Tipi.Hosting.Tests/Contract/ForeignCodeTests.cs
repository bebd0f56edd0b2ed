using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Logs and listeners that throw or block: the process lives, and requests are answered.</summary>
public sealed class ForeignCodeTests
{
    [Theory, OnEachWire]
    public async Task With_a_log_that_always_throws_all_is_answered(TipiTransport transport, Wire wire)
    {
        using var log = new ThrowingLog();
        await using WireServer server = await WireServer.StartAsync(transport, wire, AnswerAsync, log.AddTo);
        await ExpectAnswersAsync(server);
        Assert.True(log.Thrown > 0);
    }

    [Theory, OnEachWire]
    public async Task With_listeners_of_metrics_that_throw_all_is_answered(TipiTransport transport, Wire wire)
    {
        int thrown = 0;
        object? meters = null;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            // Only this server's own: the framework's hosting measures, too.
            if (meters is null || !ReferenceEquals(instrument.Meter.Scope, meters)) return;
            if (instrument.Meter.Name is "Tipi.Server" or "Microsoft.AspNetCore.Server.Kestrel")
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => Fail());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Fail());
        listener.Start();
        await using WireServer server = await WireServer.StartAsync(
            transport, wire, AnswerAsync,
            options => meters = options.ApplicationServices.GetRequiredService<IMeterFactory>());
        await ExpectAnswersAsync(server);
        Assert.True(thrown > 0);

        void Fail()
        {
            Interlocked.Increment(ref thrown);
            throw new InvalidOperationException("The exporter is broken.");
        }
    }

    [Theory, OnEachWire]
    public async Task While_a_log_blocks_others_are_answered(TipiTransport transport, Wire wire)
    {
        using var log = new BlockingLog();
        await using WireServer server = await WireServer.StartAsync(transport, wire, AnswerAsync, log.AddTo);
        log.IsBlocking = true;
        Task<string> held = server.GetTextAsync("/held");
        await log.Blocked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        for (int i = 0; i < 3; i++)
        {
            using HttpClient other = server.NewClient();
            Assert.Equal("/other", await other.GetStringAsync("/other").WaitAsync(TimeSpan.FromSeconds(30)));
        }
        Assert.False(held.IsCompleted);
        log.Release();
        Assert.Equal("/held", await held);
    }

    /// <summary>Without the heartbeat no limit of time would hold.</summary>
    [Theory, OnEachTransport]
    public async Task While_a_log_blocks_what_the_heartbeat_says_it_goes_on(TipiTransport transport)
    {
        const int ResponseTooSlow = 28;
        using var log = new BlockingLog { OnlyEvent = ResponseTooSlow, IsBlocking = true };
        await using TestServer server = await TestServer.StartAsync(
            transport,
            context => context.Request.Path == "/big"
                ? context.Response.Body.WriteAsync(new byte[64 * 1024 * 1024]).AsTask() : Task.CompletedTask,
            options =>
            {
                log.AddTo(options);
                options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
                options.Limits.MinResponseDataRate = new MinDataRate(1e9, TimeSpan.FromSeconds(1.1));
            });
        using RawClient slow = await server.ConnectAsync();
        await slow.SendAsync("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        await log.Blocked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        using RawClient idle = await server.ConnectAsync();
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(200, (await idle.ReadResponseAsync()).Status);
        Assert.True(await idle.IsEndedAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        log.Release();
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/fault") throw new InvalidOperationException("boom");
        if (context.Request.Path == "/abort") context.Abort();
        if (context.Request.ContentLength > 0) await context.Request.Body.CopyToAsync(Stream.Null);
        await context.Response.WriteAsync(context.Request.Path);
    }

    private static async Task ExpectAnswersAsync(WireServer server)
    {
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal("/", await server.GetTextAsync("/"));
            Assert.Equal("/body", await server.TextAsync("POST", "/body", new ByteArrayContent(new byte[100_000])));
            using (HttpResponseMessage fault = await server.SendAsync("GET", "/fault"))
                Assert.Equal(HttpStatusCode.InternalServerError, fault.StatusCode);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => server.GetTextAsync("/abort"));
            await SendRubbishAsync(server.Port);
        }
        Assert.Equal("/end", await server.GetTextAsync("/end"));
    }

    // No HTTP and no TLS: refused, whatever the wire.
    private static async Task SendRubbishAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        await socket.SendAsync("rubbish rubbish rubbish\r\n\r\n"u8.ToArray());
        try
        {
            while (await socket.ReceiveAsync(new byte[1024]) > 0)
            {
                // What it says is not the matter here.
            }
        }
        catch (SocketException)
        {
            // Reset is an answer too.
        }
    }

    /// <summary>Throws whatever it is asked for, as a disk that is full does.</summary>
    private sealed class ThrowingLog : ILoggerProvider, ILogger
    {
        private int _thrown;

        internal int Thrown => Volatile.Read(ref _thrown);

        internal void AddTo(TipiServerOptions options) =>
            options.ApplicationServices.GetRequiredService<ILoggerFactory>().AddProvider(this);

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Tipi.", StringComparison.Ordinal)
                ? this : NullLogger.Instance;

        public bool IsEnabled(LogLevel logLevel) => throw Failure();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => throw Failure();

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => throw Failure();

        public void Dispose()
        {
            // Nothing is held.
        }

        private IOException Failure()
        {
            Interlocked.Increment(ref _thrown);
            return new IOException("No space left on device.");
        }
    }

    /// <summary>Blocks the first who logs, until it is released.</summary>
    private sealed class BlockingLog : ILoggerProvider, ILogger
    {
        private readonly ManualResetEventSlim _released = new();

        internal TaskCompletionSource Blocked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal bool IsBlocking { get; set; }

        internal int? OnlyEvent { get; init; }

        internal void AddTo(TipiServerOptions options) =>
            options.ApplicationServices.GetRequiredService<ILoggerFactory>().AddProvider(this);

        internal void Release() => _released.Set();

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Tipi.", StringComparison.Ordinal)
                ? this : NullLogger.Instance;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (!IsBlocking || (OnlyEvent is { } only && eventId.Id != only) || !Blocked.TrySetResult()) return;
            _released.Wait();
        }

        public void Dispose() => _released.Dispose();
    }
}
