using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Telemetry;

/// <summary>The ways in which connections come, live and end.</summary>
internal static class Lives
{
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);
    private static readonly MinDataRate s_rate = new(100, TimeSpan.FromSeconds(1.1));
    private static readonly MinDataRate s_highRate = new(1e9, TimeSpan.FromSeconds(1.1));

    internal static IReadOnlyList<Life> All { get; } =
    [
        .. InOrder(), .. Refused(), .. TooLate(), .. Bodies(), .. Responses(), .. ClientGone(), .. Stopped(),
        .. FrameLives.All, .. TlsLives.All,
    ];

    private static string Get(string path = "/", string more = "") => $"GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n";

    private static string Post(string more) => $"POST /read HTTP/1.1\r\nHost: a\r\n{more}";

    private static IEnumerable<Life> InOrder() =>
    [
        Life.UntilAnswered("opened and closed"),
        Life.UntilAnswered("two requests", Get(), Get()),
        Life.UntilEnd("Connection: close of the client", Get("/", "Connection: close\r\n")),
        Life.UntilEnd("Connection: close of the application", Get("/close")),
        Life.UntilEnd("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
        Life.UntilAnswered("body that is read", Post("Content-Length: 5\r\n\r\nhello")),
        Life.UntilAnswered("upgrade", Get("/upgrade", "Connection: Upgrade\r\nUpgrade: a\r\n")),
        Life.UntilAnswered("tag of the application", Get("/tag")),
        new("IPv6", server => Life.TalkAsync(
            new IPEndPoint(IPAddress.IPv6Loopback, new Uri(server.Addresses.Last()).Port), Get()))
        {
            Settings = _ => new(
                kestrel => kestrel.Listen(IPAddress.IPv6Loopback, 0), tipi => tipi.Listen(IPAddress.IPv6Loopback, 0)),
        },
        new("Unix socket", server => Life.TalkAsync(
            new UnixDomainSocketEndPoint(server.Addresses.Last()["http://unix:".Length..]), Get()))
        {
            Settings = path => new(kestrel => kestrel.ListenUnixSocket(path), tipi => tipi.ListenUnixSocket(path)),
        },
    ];

    private static IEnumerable<Life> Refused() =>
    [
        new("one connection too many", async server =>
        {
            using Wire first = await server.ConnectAsync();
            await first.SendAsync(Get());
            await first.ReadAsync();
            await TryConnectAsync(server);
            first.EndSending();
            await first.ReadToEndAsync();
        })
        {
            Settings = _ => new(
                kestrel => kestrel.Limits.MaxConcurrentConnections = 1,
                tipi => tipi.Limits.MaxConcurrentConnections = 1),
        },
        new("one connection beside an upgraded one", async server =>
        {
            using Wire first = await server.ConnectAsync();
            await first.SendAsync(Get("/upgrade", "Connection: Upgrade\r\nUpgrade: a\r\n"));
            await first.ReadAtMostAsync(10);
            await TryConnectAsync(server, Get());
            first.EndSending();
            await first.ReadToEndAsync();
        })
        {
            Settings = _ => new(
                kestrel => kestrel.Limits.MaxConcurrentConnections = 1,
                tipi => tipi.Limits.MaxConcurrentConnections = 1),
        },
        Life.UntilEnd("bad method", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Life.UntilEnd("bad request line", "GET /\r\nHost: a\r\n\r\n"),
        Life.UntilEnd("request line too long", Get("/" + new string('a', 9_000))),
        Life.UntilEnd("bad version", "GET / HTTP/3.1\r\nHost: a\r\n\r\n"),
        Life.UntilEnd("bad header", Get("/", "A B: c\r\n")),
        Life.UntilEnd("no Host", "GET / HTTP/1.1\r\n\r\n"),
        Life.UntilEnd("bad length", Post("Content-Length: a\r\n\r\n")),
        Life.UntilEnd("coding that is not known", Post("Transfer-Encoding: a\r\n\r\n")),
        Life.UntilEnd("too many headers", Get("/", string.Concat(Enumerable.Repeat("A: b\r\n", 200)))),
        Life.UntilEnd("headers too large", Get("/", $"A: {new string('a', 40_000)}\r\n")),
    ];

    private static IEnumerable<Life> TooLate() =>
    [
        Life.UntilEnd("headers time out", "GET / HTTP/1.1\r\nHos") with
        {
            Settings = _ => new(
                kestrel => kestrel.Limits.RequestHeadersTimeout = s_short,
                tipi => tipi.Limits.RequestHeadersTimeout = s_short),
        },
        KeepAlive("keep-alive times out", Get()),
        KeepAlive("no request comes", ""),
        Life.UntilEnd("body too slow", Post("Content-Length: 9\r\n\r\n")) with
        {
            Settings = _ => new(
                kestrel => kestrel.Limits.MinRequestBodyDataRate = s_rate,
                tipi => tipi.Limits.MinRequestBodyDataRate = s_rate),
        },
        new("response taken too slowly", async server =>
        {
            using Wire wire = await server.ConnectAsync();
            await wire.SendAsync(Get("/much"));
            await Task.Delay(TimeSpan.FromSeconds(6)); // grace, and the clocks of both that may be late
            await wire.ReadToEndAsync();
        })
        {
            Settings = _ => new(
                kestrel => kestrel.Limits.MinResponseDataRate = s_highRate,
                tipi => tipi.Limits.MinResponseDataRate = s_highRate),
        },
    ];

    private static IEnumerable<Life> Bodies() =>
    [
        Life.UntilEnd("body too large", Post("Content-Length: 99999999\r\n\r\n")),
        Life.UntilEnd("bad chunk", Post("Transfer-Encoding: chunked\r\n\r\nx\r\n")),
        new("body ends too early", async server =>
        {
            using Wire wire = await server.ConnectAsync();
            await wire.SendAsync(Post("Content-Length: 9\r\n\r\nhello"));
            wire.EndSending();
            await wire.ReadToEndAsync();
        }),
    ];

    private static IEnumerable<Life> Responses() =>
    [
        Life.UntilAnswered("error before the response", Get("/throw")),
        Life.UntilEnd("error after the start of the response", Get("/fail")),
        Life.UntilEnd("response shorter than its length", Get("/short")),
        Life.UntilEnd("abort by the application", Get("/abort")),
    ];

    private static IEnumerable<Life> ClientGone() =>
    [
        new("client ends its sending in a head", async server =>
        {
            using Wire wire = await server.ConnectAsync();
            await wire.SendAsync("GET / HT");
            wire.EndSending();
            await wire.ReadToEndAsync();
        }),
        new("client resets an idle connection", async server =>
        {
            using Wire wire = await server.ConnectAsync();
            await wire.SendAsync(Get());
            await wire.ReadAsync();
            wire.Reset();
        }),
        new("client resets an upgraded connection", async server =>
        {
            using Wire wire = await server.ConnectAsync();
            await wire.SendAsync(Get("/tolerant", "Connection: Upgrade\r\nUpgrade: a\r\n"));
            await wire.ReadAtMostAsync(10);
            wire.Reset();
        }),
        new("client resets in a response", async server =>
        {
            using Wire wire = await server.ConnectAsync();
            await wire.SendAsync(Get("/hold"));
            await wire.ReadAtMostAsync(10);
            wire.Reset();
        }),
    ];

    private static IEnumerable<Life> Stopped() =>
    [
        Kept("server stops beside an idle connection", Get(), TimeSpan.FromSeconds(10)),
        Kept("server stops and does not wait for a request", Get("/hold"), TimeSpan.FromMilliseconds(100)),
    ];

    private static Life KeepAlive(string name, string request) => Life.UntilEnd(name, request) with
    {
        Settings = _ => new(
            kestrel => kestrel.Limits.KeepAliveTimeout = s_short, tipi => tipi.Limits.KeepAliveTimeout = s_short),
    };

    private static Life Kept(string name, string request, TimeSpan patience) => new(name, async server =>
    {
        Wire wire = await server.ConnectAsync();
        server.Keep(wire);
        await wire.SendAsync(request);
        await wire.ReadAtMostAsync(10);
    })
    {
        Patience = patience,
        EndsByStop = true,
    };

    /// <summary>Asks, if anything, and takes what comes.</summary>
    private static async Task TryConnectAsync(SubjectServer server, string request = "")
    {
        try
        {
            using Wire wire = await server.ConnectAsync();
            if (request.Length > 0) await Life.TalkAsync(wire, request);
            await wire.ReadToEndAsync();
        }
        catch (SocketException)
        {
            // The reset may come before the connection is seen to stand.
        }
    }
}
