using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Parity.Servers;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>What an application reads of a request, its body included.</summary>
internal static class RequestHabits
{
    private const string BigPost = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
    private const string HalfPost = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello";
    private const string HalfChunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello";
    private const string Expecting = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

    private static readonly Settings s_smallBodies =
        new(kestrel => kestrel.Limits.MaxRequestBodySize = 4, tipi => tipi.Limits.MaxRequestBodySize = 4);

    internal static IReadOnlyList<Habit> All { get; } =
    [
        .. Targets(), .. Bodies(), .. Pipes(), .. Sizes(), .. Cut(), .. Unread(), .. Expectations(),
    ];

    private static Habit Target(string target, string method = "GET") =>
        new($"{method} {target}", $"{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n", (http, notes) =>
        {
            var feature = http.Features.Get<IHttpRequestFeature>()!;
            notes.Add($"path {feature.Path}, query {feature.QueryString}, raw {feature.RawTarget}, method "
                + $"{feature.Method}, base “{feature.PathBase}”, host {http.Request.Host}");
            return Task.CompletedTask;
        })
        { IsServed = false };

    private static IEnumerable<Habit> Targets() =>
    [
        .. ((string[])
        [
            "/", "/a/b", "/a%2Fb", "/a%20b", "/a+b", "/%C3%A9", "/%E9", "/a%", "/a%zz", "/a%00b", "//a", "/a//b",
            "/a/../b", "/../a", "/a/./b", "/a/..", "/%2e%2e/a", "/?", "/?a=b&c", "/?a=%20", "/a?b?c", "/a;b=c",
            "http://a/b?c", "http://a", "/A/b", "/a%5Cb", "/%25", "/%2525", "/~a", "/a:b@c", "/%F0%9F%98%80",
            "/a?path=C:\\temp", "/?\\", "http://a/b%2Fc", "http://a/b%20c", "http://a/b%00", "http://a/../b",
            "http://a/b?c=C:\\temp", "!", "a", "a:80", "a.b-c_d~e", "a%20b", "[::1]", "a@b", "$", "&", "'", "(",
            "+", ",", ";", "=", "\"", "<", "^", "`", "{", "|",
        ]).Select(target => Target(target)),
        Target("*", "OPTIONS"), Target("/", "OPTIONS"), Target("/", "PATCH"), Target("/", "get"), Target("/", "X-Y"),
        new("scheme, protocol and host", Get, (http, notes) =>
        {
            notes.See(http.Request.Scheme);
            notes.See(http.Request.IsHttps);
            notes.See(http.Request.Protocol);
            notes.See(http.Request.Host);
            notes.See(http.Request.ContentLength);
            notes.See(http.Request.ContentType);
            return Task.CompletedTask;
        }),
        new("protocol of HTTP/1.0", OldGet, (http, notes) =>
        {
            notes.See(http.Request.Protocol);
            notes.See(http.Request.Host.HasValue);
            return Task.CompletedTask;
        }),
        new("setters of the request", Get, (http, notes) =>
        {
            HttpRequest request = http.Request;
            notes.Try(() => request.Method = "PUT");
            notes.Try(() => request.Path = "/x");
            notes.Try(() => request.PathBase = "/y");
            notes.Try(() => request.QueryString = new QueryString("?z"));
            notes.Try(() => request.Scheme = "https");
            notes.Try(() => request.Protocol = "HTTP/2");
            notes.Try(() => request.Host = new HostString("h"));
            notes.Try(() => request.ContentLength = 5);
            notes.Try(() => request.Body = Stream.Null);
            notes.Add($"{request.Method} {request.Scheme}://{request.Host}{request.PathBase}{request.Path}"
                + $"{request.QueryString} {request.Protocol} {request.ContentLength}");
            return Task.CompletedTask;
        }),
        new("method set to HEAD by the application", Get, (http, _) =>
        {
            http.Request.Method = "HEAD";
            return http.Response.WriteAsync("hello");
        }),
        new("HEAD set to GET by the application", Head, (http, _) =>
        {
            http.Request.Method = "GET";
            return http.Response.WriteAsync("hello");
        }),
        new("CONNECT with an empty answer", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", (http, notes) =>
        {
            notes.Add($"path “{http.Request.Path}”, raw {http.Features.Get<IHttpRequestFeature>()!.RawTarget}");
            return Task.CompletedTask;
        })
        {
            Client = static async (wire, _) =>
            {
                WireAnswer? head = await wire.ReadAsync(isHead: true);
                return Dialogue.Show([head!], await Dialogue.SeeEndAsync(wire, head));
            },
        },
        new("CONNECT refused by the application", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", (http, _) =>
        {
            http.Response.StatusCode = 405;
            return http.Response.WriteAsync("hello");
        }),
        new("CONNECT with a body", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
            (http, notes) => notes.TryAsync(() => http.Response.WriteAsync("hello"))),
    ];

    private static IEnumerable<Habit> Bodies() =>
    [
        Read("of a counted body", Post), Read("of a chunked body", ChunkedPost), Read("of no body", Get),
        Read("of an empty body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        Read("of HTTP/1.0 with a length", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello"),
        Read("of HTTP/1.0 without a length", "POST / HTTP/1.0\r\n\r\n"),
        new("what the body's stream can", Post, async (http, notes) =>
        {
            Stream body = http.Request.Body;
            notes.See(body.CanRead);
            notes.See(body.CanWrite);
            notes.See(body.CanSeek);
            notes.See(body.CanTimeout);
            notes.Try(() => notes.See(body.Length));
            notes.Try(() => notes.See(body.Position));
            notes.Try(() => body.Position = 0);
            notes.Try(() => body.Seek(0, SeekOrigin.Begin));
            notes.Try(() => body.SetLength(0));
            notes.Try(() => body.Flush());
            await notes.TryAsync(() => body.FlushAsync());
            notes.Try(() => body.Write([1]));
            await notes.TryAsync(() => body.WriteAsync(new byte[1]).AsTask());
            notes.Try(() => body.ReadExactly(new byte[1]), "synchronous read");
            notes.Try(() => body.CopyTo(Stream.Null), "synchronous copy");
            notes.Try(() => body.ReadByte(), "synchronous byte");
            notes.See(await body.ReadAsync(Memory<byte>.Empty));
            notes.See(await new StreamReader(body).ReadToEndAsync());
            notes.See(await body.ReadAsync(new byte[1]));
        }),
        new("synchronous reads where they are allowed", Post, (http, notes) =>
        {
            http.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            using var reader = new StreamReader(http.Request.Body);
            notes.See(reader.ReadToEnd());
            return Task.CompletedTask;
        }),
        new("dispose of the body", Post, async (http, notes) =>
        {
            await http.Request.Body.DisposeAsync();
            await notes.TryAsync(() => http.Request.Body.ReadAsync(new byte[9]).AsTask());
        }),
        new("read with a cancelled token", Post, async (http, notes) =>
        {
            var cancelled = new CancellationToken(canceled: true);
            await notes.TryAsync(() => http.Request.Body.ReadAsync(new byte[9], cancelled).AsTask());
            await notes.TryAsync(() => http.Request.BodyReader.ReadAsync(cancelled).AsTask());
            notes.See(await new StreamReader(http.Request.Body).ReadToEndAsync());
        }),
        new("trailers", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-a: 1\r\nX-A: 2\r\n\r\n",
            async (http, notes) =>
        {
            notes.See(http.Request.SupportsTrailers());
            notes.Try(() => http.Request.GetTrailer("X-A"));
            await http.Request.Body.CopyToAsync(Stream.Null);
            notes.See(http.Request.CheckTrailersAvailable());
            notes.See(http.Request.GetTrailer("X-A"));
            notes.Try(() => http.Features.Get<IHttpRequestTrailersFeature>()!.Trailers["X-B"] = "3", "set");
        }),
        new("trailers of a counted body", Post, (http, notes) =>
        {
            notes.See(http.Request.SupportsTrailers());
            notes.See(http.Request.CheckTrailersAvailable());
            notes.Try(() => notes.See(http.Request.GetTrailer("X-A").Count));
            return Task.CompletedTask;
        }),
        new("form", "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: 7\r\n\r\na=b&c=d", async (http, notes) =>
        {
            IFormCollection form = await http.Request.ReadFormAsync();
            notes.See(form["c"]);
        }),
    ];

    private static IEnumerable<Habit> Pipes() =>
    [
        new("body's reader", Post, async (http, notes) =>
        {
            var reader = http.Request.BodyReader;
            var first = await reader.ReadAsync();
            notes.See(first.Buffer.Length);
            reader.AdvanceTo(first.Buffer.GetPosition(2));
            var second = await reader.ReadAsync();
            notes.See(second.Buffer.Length);
            reader.AdvanceTo(second.Buffer.End);
            var third = await reader.ReadAsync();
            notes.See(third.IsCompleted);
            notes.See(third.Buffer.Length);
            reader.AdvanceTo(third.Buffer.End);
            notes.See(reader.TryRead(out var fourth) ? fourth.IsCompleted : "no");
            await reader.CompleteAsync();
            notes.Try(() => reader.TryRead(out _));
            await notes.TryAsync(() => reader.ReadAsync().AsTask());
        }),
        new("body's reader, read twice without advancing", Post, async (http, notes) =>
        {
            await http.Request.BodyReader.ReadAsync();
            await notes.TryAsync(() => http.Request.BodyReader.ReadAsync().AsTask());
        }),
        new("body's reader, advanced without reading", Post, (http, notes) =>
        {
            notes.Try(() => http.Request.BodyReader.AdvanceTo(default));
            return Task.CompletedTask;
        }),
        new("body's reader, pending read cancelled", Post, async (http, notes) =>
        {
            http.Request.BodyReader.CancelPendingRead();
            var result = await http.Request.BodyReader.ReadAsync();
            notes.See(result.IsCanceled);
            http.Request.BodyReader.AdvanceTo(result.Buffer.Start);
            notes.See(await new StreamReader(http.Request.Body).ReadToEndAsync());
        }),
        new("body's reader after a partial read of the stream", Post, async (http, notes) =>
        {
            notes.See(await http.Request.Body.ReadAsync(new byte[2]));
            var rest = await http.Request.BodyReader.ReadAsync();
            notes.See(rest.Buffer.Length);
            http.Request.BodyReader.AdvanceTo(rest.Buffer.End);
        }),
        new("body's reader over a stream of the application's", Post, async (http, notes) =>
        {
            http.Request.Body = new MemoryStream([1, 2, 3]);
            var result = await http.Request.BodyReader.ReadAsync();
            notes.See(result.Buffer.Length);
        }),
    ];

    private static IEnumerable<Habit> Sizes() =>
    [
        new("body beyond the limit", Post, (http, notes) =>
            notes.TryAsync(() => http.Request.Body.CopyToAsync(Stream.Null))) { Settings = s_smallBodies },
        new("body beyond the limit, unhandled", Post, (http, _) =>
            http.Request.Body.CopyToAsync(Stream.Null)) { Settings = s_smallBodies },
        new("chunked body beyond the limit", ChunkedPost, (http, notes) =>
            notes.TryAsync(() => http.Request.Body.CopyToAsync(Stream.Null))) { Settings = s_smallBodies },
        new("chunked body beyond the limit, unhandled", ChunkedPost, (http, _) =>
            http.Request.Body.CopyToAsync(Stream.Null)) { Settings = s_smallBodies },
        new("body beyond the limit that nobody reads", Post, (_, _) => Task.CompletedTask) { Settings = s_smallBodies },
        new("limit raised by the application", Post, async (http, notes) =>
        {
            var limit = http.Features.Get<IHttpMaxRequestBodySizeFeature>()!;
            notes.See(limit.MaxRequestBodySize);
            notes.See(limit.IsReadOnly);
            limit.MaxRequestBodySize = null;
            notes.See(await new StreamReader(http.Request.Body).ReadToEndAsync());
            notes.See(limit.IsReadOnly);
            notes.Try(() => limit.MaxRequestBodySize = 5);
        }) { Settings = s_smallBodies },
        new("limit that is negative", Post, (http, notes) =>
        {
            notes.Try(() => http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = -1, "set");
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<Habit> Cut() =>
    [
        Ended("client ends its sending in a counted body", HalfPost, unhandled: false),
        Ended("client ends its sending in a counted body, unhandled", HalfPost, unhandled: true),
        Ended("client ends its sending in a chunked body", HalfChunked, unhandled: false),
        Ended("client ends its sending without a request", "", unhandled: false) with { IsServed = false },
        Reset("client resets in a counted body", HalfPost), Reset("client resets in a chunked body", HalfChunked),
    ];

    private static IEnumerable<Habit> Unread() =>
    [
        new("counted body that nobody reads", Post, (_, _) => Task.CompletedTask),
        new("chunked body that nobody reads", ChunkedPost, (_, _) => Task.CompletedTask),
        new("bad chunks that nobody reads", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            (_, _) => Task.CompletedTask),
        new("body that comes after the answer", BigPost, (http, _) => http.Response.WriteAsync("hello"))
        {
            Client = static async (wire, _) =>
            {
                WireAnswer? answer = await wire.ReadAsync();
                await wire.SendAsync(new string('b', 100_000));
                return Dialogue.Show([answer!], await Dialogue.SeeEndAsync(wire, answer));
            },
        },
    ];

    private static IEnumerable<Habit> Expectations() =>
    [
        new("Expect, read", Expecting, async (http, notes) =>
            notes.See(await new StreamReader(http.Request.Body).ReadToEndAsync())) { Client = ContinueAsync },
        new("Expect, body's reader", Expecting, async (http, notes) =>
            notes.See((await http.Request.BodyReader.ReadAsync()).Buffer.Length)) { Client = ContinueAsync },
        new("Expect, not read", Expecting, (_, _) => Task.CompletedTask) { Client = ContinueAsync },
        new("Expect, refused by the application", Expecting, (http, _) =>
        {
            http.Response.StatusCode = 403;
            return Task.CompletedTask;
        }) { Client = ContinueAsync },
        new("Expect, answered before it reads", Expecting, async (http, notes) =>
        {
            await http.Response.WriteAsync("early");
            notes.See(await new StreamReader(http.Request.Body).ReadToEndAsync());
        }) { Client = ContinueAsync },
        new("Expect, read twice", Expecting, async (http, notes) =>
        {
            notes.See(await http.Request.Body.ReadAsync(new byte[2]));
            notes.See(await http.Request.Body.ReadAsync(new byte[9]));
        }) { Client = ContinueAsync },
        new("Expect, with the body sent at once", Expecting + "hello", async (http, notes) =>
            notes.See(await new StreamReader(http.Request.Body).ReadToEndAsync())),
        new("Expect, TryRead of what was sent at once", Expecting + "hello", (http, notes) =>
        {
            notes.See(http.Request.BodyReader.TryRead(out ReadResult read));
            notes.See(read.Buffer.Length);
            if (read.Buffer.Length > 0) http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            return Task.CompletedTask;
        }),
        new("Expect without a body", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", async (http, notes) =>
            notes.See(await http.Request.Body.ReadAsync(new byte[9]))),
    ];

    private static Habit Read(string what, string request) => new("read " + what, request, async (http, notes) =>
    {
        notes.See(http.Features.Get<IHttpRequestBodyDetectionFeature>()!.CanHaveBody, "CanHaveBody");
        notes.See(http.Request.ContentLength);
        notes.See(await new StreamReader(http.Request.Body).ReadToEndAsync(), "body");
    });

    /// <summary>What fails by a reset tells the token, which nobody has asked for before.</summary>
    private static Habit Reset(string name, string request) => new(name, request, async (http, notes) =>
    {
        notes.Signal("reading");
        await notes.TryAsync(() => http.Request.Body.CopyToAsync(Stream.Null));
        notes.See(await LifeHabits.CancelledAsync(http.RequestAborted), "aborted");
    })
    {
        Client = static async (wire, notes) =>
        {
            await notes.HappensAsync("reading");
            wire.Reset();
            return "";
        },
    };

    private static Habit Ended(string name, string request, bool unhandled) => new(name, request, async (http, notes) =>
    {
        if (unhandled) await http.Request.Body.CopyToAsync(Stream.Null);
        else await notes.TryAsync(() => http.Request.Body.CopyToAsync(Stream.Null));
    })
    {
        Client = static async (wire, _) =>
        {
            wire.EndSending();
            IReadOnlyList<WireAnswer> answers = await Dialogue.ReadFinalAsync(wire, isHead: false);
            await wire.ReadToEndAsync();
            // Which of the two it is, in order or by a reset, is a race.
            return Dialogue.Show(answers, wire.End == WireEnd.Silent ? "silent" : "ended");
        },
    };

    private static async Task<string> ContinueAsync(Wire wire, Notes notes)
    {
        var answers = new List<WireAnswer> { (await wire.ReadAsync())! };
        await wire.SendAsync("hello");
        if (answers[0].Status == 100) answers.AddRange(await Dialogue.ReadFinalAsync(wire, isHead: false));
        return Dialogue.Show(answers, await Dialogue.SeeEndAsync(wire, answers[^1]));
    }
}
