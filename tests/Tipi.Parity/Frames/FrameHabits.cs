using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Tipi.Parity.Habits;
using static Tipi.Parity.Frames.Say;

namespace Tipi.Parity.Frames;

/// <summary>What applications rely on over HTTP/2.</summary>
internal static class FrameHabits
{
    private const string Head = ":method: HEAD|:scheme: http|:path: /|:authority: a";
    private static readonly byte[][] s_get = [Headers(1)];
    private static readonly byte[][] s_post = [Headers(1, $"{Post}|content-length: 5", end: false), Data(1, "hello")];

    internal static IReadOnlyList<FrameHabit> All { get; } =
    [
        .. Heads(), .. Bodies(), .. Trailers(), .. Errors(), .. Features(), .. Requests(),
    ];

    private static FrameHabit Answer(string name, Func<HttpContext, Task> app) =>
        new(name, s_get, (http, _) => app(http));

    /// <summary>All of the body is there, and the client wants nothing any more.</summary>
    private static FrameHabit TakenBack(string name, Func<HttpContext, Task> read) =>
        new(name, [Headers(1, Post, end: false)], async (http, notes) =>
        {
            notes.Signal("go");
            notes.See(await LifeHabits.CancelledAsync(http.RequestAborted), "aborted");
            await notes.TryAsync(() => read(http), "read");
        })
        {
            Later = [Data(1, "hello", end: true), Reset(1)],
            Streams = [],
        };

    private static IEnumerable<FrameHabit> Heads() =>
    [
        Answer("empty answer", static _ => Task.CompletedTask),
        Answer("status 404", static http => Status(http, 404)),
        Answer("status 204", static http => Status(http, 204)),
        Answer("status 304", static http => Status(http, 304)),
        Answer("status 205", static http => Status(http, 205)),
        new("status 101", s_get, static (http, notes) =>
        {
            notes.Try(() => http.Response.StatusCode = 101, "set");
            return Task.CompletedTask;
        }),
        Answer("reason phrase", static http =>
        {
            http.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = "Fine";
            return Task.CompletedTask;
        }),
        Answer("header in mixed case", static http => Set(http, "X-Mine", "A b")),
        Answer("header twice", static http => Set(http, "X-Mine", new(["a", "b"]))),
        Answer("Server and Date of the application", static http =>
        {
            http.Response.Headers.Server = "mine";
            http.Response.Headers.Date = "now";
            return Task.CompletedTask;
        }),
        Answer("Connection: close", static http => Set(http, "Connection", "close")),
        Answer("Connection: keep-alive", static http => Set(http, "Connection", "keep-alive")),
        Answer("Keep-Alive", static http => Set(http, "Keep-Alive", "5")),
        Answer("Proxy-Connection", static http => Set(http, "Proxy-Connection", "close")),
        Answer("Upgrade", static http => Set(http, "Upgrade", "h2c")),
        Answer("Transfer-Encoding: chunked", static http => Set(http, "Transfer-Encoding", "chunked")),
        Answer("header in UTF-8", static http => Set(http, "X-Mine", "ä")),
        Answer("header with a line end", static http => Set(http, "X-Mine", "a\r\nb")),
        Answer("pseudo-header of the application", static http => Set(http, ":mine", "a")),
    ];

    private static IEnumerable<FrameHabit> Bodies() =>
    [
        Answer("body", static http => http.Response.WriteAsync("hello")),
        Answer("body with its length", static http => Write(http, 5, "hello")),
        Answer("body shorter than its length", static http => Write(http, 9, "hello")),
        Answer("body longer than its length", static http => Write(http, 2, "hello")),
        Answer("length without a body", static http => Write(http, 5, "")),
        Answer("body of 204", static async http =>
        {
            http.Response.StatusCode = 204;
            await http.Response.WriteAsync("hello");
        }),
        Answer("large body", static http => http.Response.Body.WriteAsync(new byte[60_000]).AsTask()),
        Answer("flush and body", static async http =>
        {
            await http.Response.Body.FlushAsync();
            await http.Response.WriteAsync("hello");
        }),
        Answer("complete, and a body after it", static async http =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.CompleteAsync();
            await http.Response.WriteAsync("more");
        }),
        new("body to HEAD", [Headers(1, Head)], static (http, _) => http.Response.WriteAsync("hello")),
        new("length to HEAD", [Headers(1, Head)], static (http, _) => Write(http, 5, "")),
        new("synchronous write", s_get, static (http, notes) =>
        {
            notes.Try(() => http.Response.Body.Write([65]), "write");
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<FrameHabit> Trailers() =>
    [
        new("trailers", s_get, static async (http, notes) =>
        {
            notes.See(http.Response.SupportsTrailers());
            http.Response.DeclareTrailer("X-A");
            await http.Response.WriteAsync("hello");
            http.Response.AppendTrailer("X-A", "1");
        }),
        Answer("trailers without a body", static http =>
        {
            http.Response.AppendTrailer("X-A", "1");
            return Task.CompletedTask;
        }),
        Answer("trailers after a length", static async http =>
        {
            await Write(http, 5, "hello");
            http.Response.AppendTrailer("X-A", "1");
        }),
        new("trailers to HEAD", [Headers(1, Head)], static (http, _) =>
        {
            http.Response.AppendTrailer("X-A", "1");
            return Task.CompletedTask;
        }),
        Answer("trailers and an error", static async http =>
        {
            await http.Response.WriteAsync("hello");
            http.Response.AppendTrailer("X-A", "1");
            throw new InvalidOperationException();
        }),
    ];

    private static IEnumerable<FrameHabit> Errors() =>
    [
        Answer("error before the start", static _ => throw new InvalidOperationException()),
        Answer("error after the start", static async http =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.Body.FlushAsync();
            throw new InvalidOperationException();
        }),
        Answer("abort", static http =>
        {
            http.Abort();
            return Task.CompletedTask;
        }),
        Answer("abort after the start", static async http =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.Body.FlushAsync();
            http.Abort();
        }),
        TakenBack("reset behind a whole body", static http => http.Request.Body.ReadAsync(new byte[9]).AsTask()),
        TakenBack("reset behind a whole body, reader", static http => http.Request.BodyReader.ReadAsync().AsTask()),
        TakenBack("reset behind a whole body, TryRead", static http =>
        {
            http.Request.BodyReader.TryRead(out _);
            return Task.CompletedTask;
        }),
        Answer("reset with a code", static http =>
        {
            http.Features.Get<IHttpResetFeature>()!.Reset(8);
            return Task.CompletedTask;
        }),
        Answer("reset after the start", static async http =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.Body.FlushAsync();
            http.Features.Get<IHttpResetFeature>()!.Reset(8);
        }),
        Answer("reset after the answer", static async http =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.CompleteAsync();
            http.Features.Get<IHttpResetFeature>()!.Reset(0);
        }),
    ];

    private static IEnumerable<FrameHabit> Features() =>
    [
        new("protocol and identifiers", s_get, static (http, notes) =>
        {
            notes.See(http.Request.Protocol);
            notes.See(http.Request.Scheme);
            notes.See(http.Request.IsHttps);
            notes.See(http.TraceIdentifier == $"{http.Connection.Id}:00000001", "trace identifier by stream");
            notes.See(http.Features.Get<IHttp2StreamIdFeature>()?.StreamId, "stream");
            return Task.CompletedTask;
        }),
        new("upgrade", s_get, static (http, notes) =>
        {
            var upgrade = http.Features.Get<IHttpUpgradeFeature>();
            notes.See(upgrade?.IsUpgradableRequest, "upgradable");
            return notes.TryAsync(() => upgrade!.UpgradeAsync(), "upgrade");
        }),
        new("extended CONNECT of a GET", s_get, static (http, notes) =>
        {
            var connect = http.Features.Get<IHttpExtendedConnectFeature>();
            notes.See(connect?.IsExtendedConnect, "is");
            notes.See(connect?.Protocol, "protocol");
            return notes.TryAsync(() => connect!.AcceptAsync().AsTask(), "accept");
        }),
        new("extended CONNECT",
            [Headers(1, ":method: CONNECT|:protocol: websocket|:scheme: http|:path: /|:authority: a", end: false),
                Data(1, "hello")],
            static async (http, notes) =>
            {
                var connect = http.Features.Get<IHttpExtendedConnectFeature>()!;
                notes.See(connect.IsExtendedConnect);
                notes.See(connect.Protocol);
                notes.See(http.Request.Method);
                await using Stream stream = await connect.AcceptAsync();
                byte[] buffer = new byte[9];
                int count = await stream.ReadAsync(buffer);
                await stream.WriteAsync(buffer.AsMemory(0, count));
            }),
        new("data rates", s_get, static (http, notes) =>
        {
            var request = http.Features.Get<IHttpMinRequestBodyDataRateFeature>();
            notes.Try(() => _ = request!.MinDataRate, "get");
            notes.Try(() => request!.MinDataRate = null, "null");
            notes.Try(() => request!.MinDataRate = new(1, TimeSpan.FromSeconds(2)), "other");
            notes.See(http.Features.Get<IHttpMinResponseDataRateFeature>() is null, "no rate of responses");
            return Task.CompletedTask;
        }),
        new("limit of the body", s_post, static (http, notes) =>
        {
            var limit = http.Features.Get<IHttpMaxRequestBodySizeFeature>()!;
            notes.See(limit.MaxRequestBodySize);
            notes.See(limit.IsReadOnly);
            limit.MaxRequestBodySize = 2;
            return notes.TryAsync(() => http.Request.Body.CopyToAsync(Stream.Null), "read");
        }),
        new("can have a body: GET", s_get, static (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpRequestBodyDetectionFeature>()!.CanHaveBody, "can");
            return Task.CompletedTask;
        }),
        new("can have a body: POST", s_post, static (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpRequestBodyDetectionFeature>()!.CanHaveBody, "can");
            return http.Request.Body.CopyToAsync(Stream.Null);
        }),
        new("persistent state of the next stream", [Headers(1), Headers(3)], static (http, notes) =>
        {
            http.Features.Get<IPersistentStateFeature>()!.State["a"] = "b";
            return Task.CompletedTask;
        }) { Streams = [1, 3] },
        new("request to close the connection", s_get, static (http, notes) =>
        {
            notes.Try(() => http.Features.Get<IConnectionLifetimeNotificationFeature>()!.RequestClose(), "close");
            return http.Response.WriteAsync("hello");
        }) { IsLast = true },
        new("abort by the connection's lifetime", s_get, static async (http, notes) =>
        {
            http.Features.Get<IConnectionLifetimeFeature>()!.Abort();
            await Task.Delay(Timeout.Infinite, http.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            notes.Add("aborted");
        }),
    ];

    private static IEnumerable<FrameHabit> Requests() =>
    [
        new("headers", [Headers(1, $"{Get}|accept: a|x-mine: b|cookie: c=d|cookie: e=f")], static (http, notes) =>
        {
            notes.Add(string.Join(", ", http.Request.Headers.OrderBy(one => one.Key).Select(one => $"{one}")));
            return Task.CompletedTask;
        }),
        new("body that nobody reads", s_post, static (http, _) => http.Response.WriteAsync("hello")),
        new("body that is not whole when the answer is", [Headers(1, Post, end: false)],
            static (http, _) => http.Response.WriteAsync("hello")),
        new("body of a request", s_post, static async (http, notes) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            notes.Add(await reader.ReadToEndAsync());
        }),
        new("expectation", [Headers(1, $"{Post}|expect: 100-continue|content-length: 5", end: false)],
            static async (http, notes) =>
            {
                ValueTask<System.IO.Pipelines.ReadResult> read = http.Request.BodyReader.ReadAtLeastAsync(5);
                notes.Signal("go");
                notes.See((await read).Buffer.Length, "bytes");
            }) { Later = [Data(1, "hello")] },
        new("client resets while the application waits", s_get, static async (http, notes) =>
        {
            notes.Signal("go");
            await Task.Delay(Timeout.Infinite, http.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            notes.Add("aborted");
            await notes.TryAsync(() => http.Response.WriteAsync("hello"), "write");
        }) { Later = [Reset(1)], Streams = [] },
        new("client resets while the application reads", [Headers(1, Post, end: false), Data(1, "he", end: false)],
            static async (http, notes) =>
            {
                await http.Request.Body.ReadExactlyAsync(new byte[2]);
                notes.Signal("go");
                await notes.TryAsync(() => http.Request.Body.CopyToAsync(Stream.Null), "read");
            }) { Later = [Reset(1)], Streams = [] },
        new("request trailers", [Headers(1, Post, end: false), Data(1, "a", end: false), Headers(1, "x-a: b")],
            static async (http, notes) =>
            {
                notes.See(http.Request.SupportsTrailers());
                await http.Request.Body.CopyToAsync(Stream.Null);
                notes.See(http.Request.CheckTrailersAvailable());
                notes.Add($"{http.Request.GetTrailer("X-A")}");
            }),
    ];

    private static Task Status(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static Task Set(HttpContext http, string name, Microsoft.Extensions.Primitives.StringValues value)
    {
        http.Response.Headers[name] = value;
        return Task.CompletedTask;
    }

    private static Task Write(HttpContext http, long length, string text)
    {
        http.Response.ContentLength = length;
        return text.Length > 0 ? http.Response.WriteAsync(text) : Task.CompletedTask;
    }
}
