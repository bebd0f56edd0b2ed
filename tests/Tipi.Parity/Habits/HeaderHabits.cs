using Microsoft.Extensions.Primitives;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>The dictionaries of headers, and what may stand in a response header.</summary>
internal static class HeaderHabits
{
    internal static IReadOnlyList<Habit> All { get; } = [.. Names(), .. Values(), .. Dictionary(), .. Frozen()];

    private static Habit Named(string what, string name) => new("header name " + what, Get, async (http, notes) =>
    {
        notes.Try(() => http.Response.Headers[name] = "v", "set");
        notes.Try(() => http.Response.Headers.Append(name, "w"), "append");
        await notes.TryAsync(() => http.Response.WriteAsync("hello"), "write");
    });

    private static Habit Valued(string what, StringValues value, string name = "X-A") =>
        new($"header value {what}{(name == "X-A" ? "" : " of " + name)}", Get, async (http, notes) =>
        {
            notes.Try(() => http.Response.Headers[name] = value, "set");
            await notes.TryAsync(() => http.Response.WriteAsync("hello"), "write");
        });

    private static IEnumerable<Habit> Names() =>
    [
        Named("in lower case", "x-lower"), Named("of a known header in lower case", "content-type"),
        Named("in odd case", "X-oDD"), Named("with a space", "X A"), Named("that is empty", ""),
        Named("with a colon", "X:A"), Named("with a line end", "X\r\nY"), Named("beyond ASCII", "X-É"),
        Named("with NUL", "X\0"), Named("with a slash", "X/Y"), Named("of token characters", "!#$%&'*+-.^`|~9a"),
        Named("with a parenthesis", "X(a)"),
    ];

    private static IEnumerable<Habit> Values() =>
    [
        Valued("with a carriage return", "a\rb"), Valued("with a line feed", "a\nb"), Valued("with NUL", "a\0b"),
        Valued("with DEL", "a\u007Fb"), Valued("with a control", "a\u0001b"), Valued("with a tab", "a\tb"),
        Valued("with a letter of Latin 1", "é"), Valued("beyond Latin 1", "日"), Valued("with a pair", "😀"),
        Valued("with space around", "  a  "), Valued("that is empty", ""), Valued("that is null", default(string)),
        Valued("with a line end", "a\r\nb", "Location"), Valued("with a letter of Latin 1", "é", "Location"),
        Valued("with a line feed", "a\nb", "Set-Cookie"),
        Valued("twice", new(["a", "b"])), Valued("twice", new(["a=1", "b=2"]), "Set-Cookie"),
        Valued("twice, one empty", new(["a", ""])), Valued("twice, one null", new(["a", null])),
        Valued("of no values", StringValues.Empty), Valued("of 100 KB", new string('v', 100_000)),
        new("five hundred headers", Get, (http, _) =>
        {
            for (int i = 0; i < 500; i++) http.Response.Headers["X-" + i] = "v";
            return Task.CompletedTask;
        }) { Client = static async (wire, _) => $"{(await wire.ReadAsync())!.Fields.Count(f => f[0] == 'X')} of them" },
        new("header values in another encoding", Get, (http, notes) =>
        {
            notes.Try(() => http.Response.Headers["X-A"] = "é日");
            return notes.TryAsync(() => http.Response.WriteAsync("hello"));
        })
        {
            Settings = new(
                kestrel => kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8,
                tipi => tipi.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8),
        },
    ];

    private static IEnumerable<Habit> Dictionary() =>
    [
        new("response headers as a dictionary", Get, (http, notes) =>
        {
            IHeaderDictionary headers = http.Response.Headers;
            notes.See(headers.IsReadOnly);
            notes.See(headers.Count);
            headers.ContentType = "text/plain";
            headers["X-A"] = "1";
            notes.See(headers.Count);
            notes.See(headers["x-a"]);
            notes.See(headers["nothing"].Count);
            notes.See(headers.ContainsKey("CONTENT-TYPE"));
            notes.See(headers.TryGetValue("nothing", out _));
            notes.Try(() => headers.Add("X-A", "2"));
            notes.Try(() => headers.Add("Content-Type", "2"));
            notes.Try(() => headers.Add("X-B", "3"));
            notes.See(headers.Remove("x-b"));
            notes.See(headers.Remove("x-b"));
            notes.See(string.Join("+", headers.Keys));
            notes.See(string.Join("+", headers.Values));
            notes.See(headers.Contains(new("X-A", "1")));
            notes.See(headers.Contains(new("X-A", "2")));
            notes.See(headers.Remove(new KeyValuePair<string, StringValues>("X-A", "2")));
            notes.Try(() => headers.CopyTo(new KeyValuePair<string, StringValues>[1], 0), "CopyTo too small");
            notes.Try(() => headers[null!] = "1", "null name");
            headers["X-A"] = StringValues.Empty;
            notes.See(headers.ContainsKey("X-A"));
            headers.Clear();
            notes.See(headers.Count);
            return Task.CompletedTask;
        }),
        new("request headers as a dictionary",
            "GET / HTTP/1.1\r\nHost: a\r\nX-b: 1\r\nx-B: 2\r\nAccept: c\r\nACCEPT: d\r\nCookie: e=1\r\nCookie: f=2\r\n"
            + "Content-Length: 0\r\n\r\n", (http, notes) =>
        {
            IHeaderDictionary headers = http.Request.Headers;
            notes.See(headers.IsReadOnly);
            notes.See(headers.Count);
            notes.See(string.Join("+", headers.Keys.Order(StringComparer.OrdinalIgnoreCase)));
            notes.See(headers["X-B"].Count);
            notes.See(headers["X-B"]);
            notes.See(headers.Accept);
            notes.See(headers.Cookie.Count);
            notes.See(headers.Cookie);
            notes.See(string.Join("+", http.Request.Cookies.Select(cookie => cookie.Key)));
            notes.See(headers.ContentLength);
            notes.Try(() => headers["X-New"] = "1");
            notes.Try(() => headers.Host = "b");
            notes.See(http.Request.Host);
            notes.See(headers.Remove("X-B"));
            notes.See(headers["nothing"].Count);
            return Task.CompletedTask;
        }),
        new("request header without a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A:\r\nAccept:\r\n\r\n", (http, notes) =>
        {
            notes.See(http.Request.Headers.ContainsKey("X-A"));
            notes.See(http.Request.Headers["X-A"].Count);
            notes.See(http.Request.Headers.Accept.Count);
            notes.See(http.Request.Headers.Count);
            return Task.CompletedTask;
        }),
        new("request header in UTF-8", "GET / HTTP/1.1\r\nHost: a\r\nX-A: \u00C3\u00A9\r\n\r\n", (http, notes) =>
        {
            notes.See(http.Request.Headers["X-A"]);
            return Task.CompletedTask;
        }),
        new("request header in Latin 1 by the option", "GET / HTTP/1.1\r\nHost: a\r\nX-A: \u00E9\r\n\r\n",
            (http, notes) =>
        {
            notes.See(http.Request.Headers["X-A"]);
            return Task.CompletedTask;
        })
        {
            Settings = new(
                kestrel => kestrel.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1,
                tipi => tipi.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1),
        },
        new("a response header that names a request's", Get, (http, _) =>
        {
            http.Response.Headers["Cookie"] = "a";
            http.Response.Headers["User-Agent"] = "b";
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<Habit> Frozen() =>
    [
        new("after the start", Get, async (http, notes) =>
        {
            await http.Response.WriteAsync("hello");
            IHeaderDictionary headers = http.Response.Headers;
            notes.See(http.Response.HasStarted);
            notes.See(headers.IsReadOnly);
            notes.Try(() => headers["X-A"] = "1");
            notes.Try(() => headers.ContentType = "1");
            notes.Try(() => headers.Append("X-A", "1"));
            notes.Try(() => headers.Remove("X-A"));
            notes.Try(() => headers.Remove("Content-Type"));
            notes.Try(() => headers.Clear());
            notes.Try(() => headers.Add("X-A", "1"));
            notes.Try(() => headers.ContentLength = 5);
            notes.Try(() => http.Response.StatusCode = 404);
            notes.Try(() => http.Response.ContentType = "x");
            notes.Try(() => http.Response.Clear());
            notes.Try(() => http.Response.Redirect("/x"));
            notes.Try(() => http.Response.Cookies.Append("a", "b"));
            notes.Try(() => http.Response.OnStarting(() => Task.CompletedTask));
            notes.Try(() => http.Response.OnCompleted(() => Task.CompletedTask));
            notes.Try(() => http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>()!
                .ReasonPhrase = "x", "ReasonPhrase");
            notes.Try(() => http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>()!
                .Headers = new HeaderDictionary(), "Headers");
        }),
    ];
}
