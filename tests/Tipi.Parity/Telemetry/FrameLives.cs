using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;
using Tipi.Parity.Frames;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Telemetry;

/// <summary>The ways in which connections of HTTP/2 live and end.</summary>
internal static class FrameLives
{
    private const string Hold = ":method: GET|:scheme: http|:path: /hold|:authority: a";

    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(1);

    internal static IReadOnlyList<Life> All { get; } = [.. InOrder(), .. Refused(), .. TooLate(), .. Ended()];

    private static Life Answered(string name, int[] streams, params byte[][] frames) =>
        new($"HTTP/2: {name}", async server =>
        {
            using FrameWire wire = await FrameWire.ConnectAsync(server.Port);
            await wire.SendAsync(frames);
            await wire.SeeEndAsync(streams);
        })
        {
            Settings = static _ => Settings.Http2,
        };

    private static Life Ends(string name, params byte[][] frames) => new($"HTTP/2: {name}", async server =>
    {
        using FrameWire wire = await FrameWire.ConnectAsync(server.Port);
        await wire.SendAsync(frames);
        await wire.HearToEndAsync();
    })
    {
        Settings = static _ => Settings.Http2,
    };

    private static Func<string, Settings> Limits(Action<KestrelServerLimits> kestrel, Action<TipiServerLimits> tipi) =>
        _ => Settings.Http2 with
        {
            OnKestrel = options => kestrel(options.Limits),
            OnTipi = options => tipi(options.Limits),
        };

    private static string At(string path) => $":method: GET|:scheme: http|:path: {path}|:authority: a";

    private static IEnumerable<Life> InOrder() =>
    [
        Answered("opened and closed", []),
        Answered("request", [1], Say.Headers(1)),
        Answered("two requests", [1, 3], Say.Headers(1), Say.Headers(3)),
        Answered("request that is reset", [], Say.Headers(1, Hold), Say.Reset(1)),
        Answered("tunnel", [1],
            Say.Headers(1, ":method: CONNECT|:protocol: chat|:scheme: http|:path: /tunnel|:authority: a", end: false),
            Say.Data(1, "")),
        Answered("tag of the application", [1], Say.Headers(1, At("/tag"))),
        Answered("error of the application", [1], Say.Headers(1, At("/throw"))),
        Answered("error after the start of the response", [1], Say.Headers(1, At("/fail"))),
        Answered("response shorter than its length", [1], Say.Headers(1, At("/short"))),
        Answered("abort by the application", [1], Say.Headers(1, At("/abort"))),
        Answered("body that is read", [1],
            Say.Headers(1, ":method: POST|:scheme: http|:path: /read|:authority: a", end: false), Say.Data(1, "hello")),
    ];

    private static IEnumerable<Life> Refused() =>
    [
        Answered("malformed request", [1], Say.Headers(1, At("a"))),
        Answered("body too large", [1], Say.Headers(1,
            ":method: POST|:scheme: http|:path: /read|:authority: a|content-length: 99999999", end: false)),
        Answered("one stream too many", [3], Say.Headers(1, Hold), Say.Headers(3)) with
        {
            Settings = Limits(
                kestrel => kestrel.Http2.MaxStreamsPerConnection = 1, tipi => tipi.Http2.MaxStreamsPerConnection = 1),
        },
        Ends("HTTP/1.1 instead of the preface") with
        {
            Client = async server =>
            {
                using FrameWire wire = await FrameWire.OpenAsync(server.Port);
                await wire.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
                await wire.HearToEndAsync();
            },
        },
        Ends("frame of a wrong length", Say.Any(Frame.Ping, 0, 0, new byte[7])),
        Ends("frame in a wrong place", Say.Any(Frame.Push, 4, 1, 0, 0, 0, 2)),
        Ends("DATA on an idle stream", Say.Data(1, "a")),
        Ends("DATA on a stream that was reset",
            Say.Headers(1, ":method: POST|:scheme: http|:path: /hold|:authority: a", end: false), Say.Reset(1),
            Say.Data(1, "a")),
        Ends("malformed preface") with
        {
            Client = async server =>
            {
                using FrameWire wire = await FrameWire.OpenAsync(server.Port);
                await wire.SendAsync("1RI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), Say.Settings());
                await wire.HearToEndAsync();
            },
        },
        Ends("even stream", Say.Headers(2)),
        Ends("HEADERS without a stream", Say.Headers(0)),
        Ends("DATA without a stream", Say.Data(0, "a")),
        Ends("SETTINGS on a stream", Say.Any(Frame.Settings, 0, 1)),
        Ends("PING on a stream", Say.Any(Frame.Ping, 0, 1, new byte[8])),
        Ends("reset of an idle stream", Say.Reset(1)),
        Ends("window of an idle stream", Say.Grant(1, 1)),
        Ends("window that does not grow", Say.Grant(0, 0)),
        Ends("idle stream that depends on itself", Say.Any(Frame.Priority, 0, 1, 0, 0, 0, 1, 16)),
        Ends("too much padding of a head", Say.Any(Frame.Headers, 0xC, 1, [200, .. Say.Block(Say.Get)])),
        Ends("CONTINUATION of nothing", Say.Any(Frame.Continuation, 4, 1)),
        Ends("SETTINGS in an open block", Say.Any(Frame.Headers, 1, 1, Say.Block(Say.Get)), Say.Settings()),
        Ends("lower stream", Say.Headers(5, Hold), Say.Headers(3, Hold)),
        Ends("broken compression", Say.Any(Frame.Headers, 5, 1, 0xFF, 0x40)),
        Ends("window too large", Say.Grant(0, int.MaxValue)),
        Ends("setting out of range", Say.Settings((2, 2))),
        Ends("frame in an open block", Say.Any(Frame.Headers, 1, 1, Say.Block(Say.Get)), Say.Ping()),
    ];

    private static IEnumerable<Life> TooLate() =>
    [
        Ends("head does not end") with
        {
            Client = async server =>
            {
                using FrameWire wire = await FrameWire.ConnectAsync(server.Port);
                // What the client has to answer would interrupt the head.
                await wire.HearUntilAsync(() => wire.Settings.Count > 0);
                await wire.SendAsync(Say.Any(Frame.Headers, 1, 1, Say.Block(Say.Get)));
                await wire.HearToEndAsync();
            },
            Settings = Limits(
                kestrel => kestrel.RequestHeadersTimeout = s_short, tipi => tipi.RequestHeadersTimeout = s_short),
            IsLoggedAlike = false,
        },
        Ends("no byte comes") with
        {
            Client = async server =>
            {
                using Wire wire = await server.ConnectAsync();
                await wire.ReadToEndAsync();
            },
            Settings = Limits(kestrel => kestrel.KeepAliveTimeout = s_short, tipi => tipi.KeepAliveTimeout = s_short),
        },
        Ends("no request comes") with
        {
            Settings = Limits(kestrel => kestrel.KeepAliveTimeout = s_short, tipi => tipi.KeepAliveTimeout = s_short),
        },
        Ends("keep-alive times out", Say.Headers(1)) with
        {
            Settings = Limits(kestrel => kestrel.KeepAliveTimeout = s_short, tipi => tipi.KeepAliveTimeout = s_short),
        },
        Ends("a ping is not answered", Say.Headers(1, Hold)) with
        {
            Settings = Limits(kestrel => SetPing(kestrel.Http2), tipi => SetPing(tipi.Http2)),
        },
    ];

    private static IEnumerable<Life> Ended() =>
    [
        Answered("client says GOAWAY", [1], Say.Headers(1), Say.Any(Frame.GoAway, 0, 0, new byte[8])),
        new("HTTP/2: client leaves in a response", async server =>
        {
            using FrameWire wire = await FrameWire.ConnectAsync(server.Port);
            await wire.SendAsync(Say.Headers(1, Hold));
            await wire.HearUntilAsync(() => wire.Answer(1).Length > 0);
        })
        {
            Settings = static _ => Settings.Http2,
        },
        Kept("server stops beside an idle connection", Say.Headers(1), TimeSpan.FromSeconds(10)),
        Kept("server stops and does not wait for a request", Say.Headers(1, Hold), TimeSpan.FromMilliseconds(100)),
    ];

    // The server's end cannot be waited for here: it is stopped after the client's part.
    private static Life Kept(string name, byte[] request, TimeSpan patience) => new($"HTTP/2: {name}", async server =>
    {
        FrameWire wire = await FrameWire.ConnectAsync(server.Port);
        server.Keep(wire);
        await wire.SendAsync(request);
        await wire.HearUntilAsync(() => wire.Answer(1).HasStarted);
    })
    {
        Settings = static _ => Settings.Http2,
        Patience = patience,
        EndsByStop = true,
    };

    private static void SetPing(Http2Limits limits)
    {
        limits.KeepAlivePingDelay = s_short;
        limits.KeepAlivePingTimeout = s_short;
    }
}
