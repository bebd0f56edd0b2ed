using Microsoft.AspNetCore.Http.Features;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>Status lines, the fields that a server adds, and what it makes of the application's.</summary>
internal static class HeadHabits
{
    internal static IReadOnlyList<Habit> All { get; } =
    [
        .. Statuses(), .. Lengths(), .. Connections(), .. Automatic(),
    ];

    private static Habit Status(int status, string request = Get) =>
        new($"status {status}{(request == Get ? "" : " to HEAD")}", request, (http, notes) =>
        {
            notes.Try(() => http.Response.StatusCode = status, "set");
            return Task.CompletedTask;
        })
        {
            // Behind such a status another answer is waited for, rightly or not.
            Client = status is >= 200 and < 1000 ? null : async (wire, _) => (await wire.ReadAsync())!.ToString(),
        };

    private static Habit Set(string name, string value, string request = Get, int status = 200) =>
        new($"{name}: {value}{To(request)}{(status == 200 ? "" : $" on {status}")}",
            request, async (http, notes) =>
            {
                http.Response.StatusCode = status;
                notes.Try(() => http.Response.Headers[name] = value, "set");
                string body = value.Contains("chunked", StringComparison.Ordinal) ? "5\r\nhello\r\n0\r\n\r\n" : "hello";
                await notes.TryAsync(() => http.Response.WriteAsync(body), "write");
            });

    private static string To(string request) =>
        request == Get ? "" : " to " + request[..^4].Replace("\r\n", ", ", StringComparison.Ordinal);

    private static Habit Phrase(string name, string phrase) => new("reason phrase " + name, Get, (http, notes) =>
    {
        notes.Try(() => http.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = phrase, "set");
        return Task.CompletedTask;
    });

    private static IEnumerable<Habit> Statuses() =>
    [
        .. ((int[])[200, 201, 204, 205, 206, 299, 301, 304, 400, 404, 418, 451, 499, 500, 503, 511, 599, 600, 999])
            .Select(status => Status(status)),
        Status(0), Status(99), Status(100), Status(101), Status(103), Status(1000), Status(-1), Status(99999),
        Status(200, Head), Status(204, Head), Status(304, Head), Status(404, Head),
        Phrase("of its own", "Fine Indeed"), Phrase("that is empty", ""), Phrase("with a line end", "a\r\nb: c"),
        Phrase("with a letter beyond ASCII", "Grüß"), Phrase("with a tab", "a\tb"),
    ];

    private static IEnumerable<Habit> Lengths() =>
    [
        Set("Content-Length", "5"), Set("Content-Length", "5", Head), Set("Content-Length", "5", OldGet),
        Set("Content-Length", "5", status: 204), Set("Content-Length", "5", status: 304),
        Set("Content-Length", "5", status: 205), Set("Content-Length", "0"), Set("Content-Length", "4"),
        Set("Content-Length", "6"), Set("Content-Length", "x"), Set("Content-Length", "-5"),
        Set("Content-Length", "+5"), Set("Content-Length", " 5"), Set("Content-Length", "005"),
        Set("Content-Length", "5, 5"), Set("Content-Length", ""),
        Set("Transfer-Encoding", "chunked"), Set("Transfer-Encoding", "chunked", OldGet),
        Set("Transfer-Encoding", "gzip"), Set("Transfer-Encoding", "gzip, chunked"),
        Set("Transfer-Encoding", "identity"), Set("Transfer-Encoding", "chunked", Head),
        Set("Transfer-Encoding", "chunked", status: 204),
        new("Content-Length and Transfer-Encoding together", Get, async (http, notes) =>
        {
            http.Response.ContentLength = 5;
            http.Response.Headers.TransferEncoding = "chunked";
            await notes.TryAsync(() => http.Response.WriteAsync("5\r\nhello\r\n0\r\n\r\n"), "write");
        }),
        new("negative ContentLength property", Get, (http, notes) =>
        {
            notes.Try(() => http.Response.ContentLength = -1);
            notes.See(http.Response.ContentLength);
            return Task.CompletedTask;
        }),
        new("ContentLength property and header are one", Get, (http, notes) =>
        {
            http.Response.ContentLength = 7;
            notes.See(http.Response.Headers.ContentLength);
            notes.See(http.Response.Headers["content-length"]);
            http.Response.Headers["Content-Length"] = "8";
            notes.See(http.Response.ContentLength);
            http.Response.Headers.Remove("Content-Length");
            notes.See(http.Response.ContentLength);
            return Task.CompletedTask;
        }),
        new("HEAD with a length and no body", Head, (http, _) =>
        {
            http.Response.ContentLength = 1234;
            return Task.CompletedTask;
        }),
        new("HEAD with less than the length", Head, (http, notes) =>
        {
            http.Response.ContentLength = 1234;
            return notes.TryAsync(() => http.Response.WriteAsync("hello"));
        }),
        new("HEAD with more than the length", Head, (http, notes) =>
        {
            http.Response.ContentLength = 2;
            return notes.TryAsync(() => http.Response.WriteAsync("hello"));
        }),
        new("GET with a length and no body", Get, (http, _) =>
        {
            http.Response.ContentLength = 5;
            return Task.CompletedTask;
        }),
        new("304 with a length", Get, (http, _) =>
        {
            http.Response.StatusCode = 304;
            http.Response.ContentLength = 42;
            return Task.CompletedTask;
        }),
        new("body to 204", Get, Body(204)), new("body to 205", Get, Body(205)), new("body to 304", Get, Body(304)),
        new("empty body to 204", Get, (http, notes) =>
        {
            http.Response.StatusCode = 204;
            return notes.TryAsync(() => http.Response.WriteAsync(""));
        }),
        new("flush of 204", Get, (http, notes) =>
        {
            http.Response.StatusCode = 204;
            return notes.TryAsync(() => http.Response.Body.FlushAsync());
        }),
    ];

    private static IEnumerable<Habit> Connections() =>
    [
        Set("Connection", "close"), Set("Connection", "Close"), Set("Connection", "keep-alive"),
        Set("Connection", "upgrade"), Set("Connection", "close, x"), Set("Connection", "keep-alive, close"),
        Set("Connection", "close", OldGet), Set("Connection", "keep-alive", OldGet),
        Set("Connection", "close", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        Asked("HTTP/1.0", OldGet), Asked("HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
        Asked("HTTP/1.0 Keep-Alive, in another case", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
        Asked("HTTP/1.1 close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        Asked("HTTP/1.1 Close, in another case", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n"),
        Asked("HTTP/1.1 keep-alive", "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"),
        Asked("HTTP/1.1 keep-alive and close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n"),
        Asked("HTTP/1.1 close in a second field",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: close\r\n\r\n"),
        Asked("HTTP/1.1 HEAD close", "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        new("HTTP/1.0 keep-alive with a length", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", (http, _) =>
        {
            http.Response.ContentLength = 5;
            return http.Response.WriteAsync("hello");
        }),
        new("HTTP/1.0 keep-alive without a body", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            (_, _) => Task.CompletedTask),
        new("HTTP/1.1 close without a body", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            (_, _) => Task.CompletedTask),
    ];

    private static IEnumerable<Habit> Automatic() =>
    [
        Set("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), Set("Date", ""), Set("Server", "mine"), Set("Server", ""),
        new("Date and Server while the handler runs", Get, (http, notes) =>
        {
            notes.See(http.Response.Headers.ContainsKey("Date"));
            notes.See(http.Response.Headers.ContainsKey("Server"));
            return Task.CompletedTask;
        }),
        new("no Server header by the option", Get, (_, _) => Task.CompletedTask)
        {
            Settings = new(kestrel => kestrel.AddServerHeader = false, tipi => tipi.AddServerHeader = false),
        },
        new("headers as an OnStarting callback sees them", Get, (http, notes) =>
        {
            http.Response.OnStarting(() =>
            {
                notes.Add(string.Join("+", http.Response.Headers.Keys.Order(StringComparer.Ordinal)));
                return Task.CompletedTask;
            });
            return http.Response.WriteAsync("hello");
        }),
        new("headers after the start", Get, async (http, notes) =>
        {
            await http.Response.WriteAsync("hello");
            notes.Add(string.Join("+", http.Response.Headers.Keys.Order(StringComparer.Ordinal)));
        }),
    ];

    private static Habit Asked(string name, string request) =>
        new("body to " + name, request, (http, _) => http.Response.WriteAsync("hello"));

    private static Func<HttpContext, Notes, Task> Body(int status) => (http, notes) =>
    {
        http.Response.StatusCode = status;
        return notes.TryAsync(() => http.Response.WriteAsync("hello"), "write");
    };
}
