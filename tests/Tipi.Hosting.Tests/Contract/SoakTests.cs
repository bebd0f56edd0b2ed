using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tests.Tls;
using Tipi.Tests.Kernel;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// Clients of every wire at once, with resets, cancelled uploads, downloads that are left and slow readers: every body
/// is right, and afterwards nothing is left of anything. TIPI_STRESS_SECONDS makes it longer.
/// </summary>
[Collection(Alone.Name)]
public sealed class SoakTests
{
    private const int ClientsPerWire = 6;

    private static readonly TimeSpan s_longestRound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(40);

    private readonly ConcurrentDictionary<string, string> _running = new();

    [Theory, OnEachTransport]
    public async Task Bodies_are_right_and_nothing_is_left(TipiTransport transport)
    {
        int seed = Stress.Seed();
        TimeSpan time = Stress.Time(4);
        TimeSpan roundTime = time / 4 < s_longestRound ? time / 4 : s_longestRound;
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("localhost");
        await using TestServer server = await TestServer.StartAppAsync(transport, Build, options =>
        {
            // On a busy machine any client is slow for some seconds.
            options.Limits.MinRequestBodyDataRate = options.Limits.MinResponseDataRate = new MinDataRate(240, s_grace);
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        }, KeepFewLogs);
        using var rest = new SoakRest(server, () => string.Join(", ", _running.Values));
        long bodies = 0;
        var clock = Stopwatch.StartNew();
        for (int round = 0; round < 2 || clock.Elapsed < time; round++)
        {
            bodies += await RunRoundAsync(server, authority, seed + round * 1000, roundTime);
            await rest.ExpectAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{clock.Elapsed.TotalSeconds:F0} s: {bodies} bodies, {rest}");
        }
        rest.ExpectNoGrowth();
        Assert.DoesNotContain(server.Logs, line => line.Level >= LogLevel.Error);
    }

    /// <summary>What is logged is kept: of thousands of requests that would be the memory which grows.</summary>
    private static void KeepFewLogs(IServiceCollection services) =>
        services.PostConfigure<LoggerFilterOptions>(static options => options.MinLevel = LogLevel.Warning);

    private static async Task<long> RunRoundAsync(
        TestServer server, TestAuthority authority, int seed, TimeSpan time)
    {
        (string Scheme, int Endpoint, Version Version)[] wires =
        [
            ("http", 0, HttpVersion.Version11), ("http", 0, HttpVersion.Version20),
            ("https", 1, HttpVersion.Version11), ("https", 1, HttpVersion.Version20),
        ];
        IEnumerable<Task<long>> clients = wires.SelectMany(wire => Enumerable.Range(0, ClientsPerWire)
            .Select(_ =>
            {
                var site = new Uri($"{wire.Scheme}://localhost:{server.Ports[wire.Endpoint]}");
                return ActAsync(new SoakClient(site, wire.Version, seed++, authority), time);
            }));
        return (await Task.WhenAll(clients).WaitAsync(time + TimeSpan.FromMinutes(2))).Sum();
    }

    private static async Task<long> ActAsync(SoakClient started, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        using SoakClient client = started;
        do await client.ActAsync();
        while (clock.Elapsed < time);
        return client.Bodies;
    }

    private void Build(WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            HttpRequest request = context.Request;
            _running[context.TraceIdentifier] = $"{request.Method} {request.Path} {request.Protocol} {request.Scheme}";
            try
            {
                await next(context);
            }
            finally
            {
                _running.TryRemove(context.TraceIdentifier, out _);
            }
        });
        app.UseWebSockets();
        app.MapPost("/echo", EchoAsync);
        app.MapPost("/drop", static context => context.Request.Body.CopyToAsync(Stream.Null));
        app.MapGet("/bytes/{length:int}", SendBytesAsync);
        app.Map("/talk", EchoMessagesAsync);
    }

    /// <summary>
    /// After the whole body: HttpClient reads no answer before it has sent all, so that eight long echoes at once would
    /// wait for each other's windows.
    /// </summary>
    private static async Task EchoAsync(HttpContext context)
    {
        using var whole = new MemoryStream();
        await context.Request.Body.CopyToAsync(whole, context.RequestAborted);
        whole.Position = 0;
        await whole.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static async Task SendBytesAsync(HttpContext context, int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        context.Response.Headers["X-Hash"] = Convert.ToHexString(SHA256.HashData(bytes));
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static async Task EchoMessagesAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(
                    buffer.AsMemory(), context.RequestAborted);
                if (part.MessageType == WebSocketMessageType.Close) break;
                await socket.SendAsync(
                    buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            }
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone.
        }
    }
}
