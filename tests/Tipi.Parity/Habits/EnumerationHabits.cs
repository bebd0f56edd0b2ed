using System.Collections;
using Microsoft.Extensions.Primitives;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>What becomes of headers that are changed while somebody goes through them.</summary>
internal static class EnumerationHabits
{
    private const string Users =
        "GET / HTTP/1.1\r\nHost: a\r\nX-User-1: a\r\nX-User-2: b\r\nX-User-3: c\r\nX-User-4: d\r\nX-Kept: e\r\n\r\n";

    internal static IReadOnlyList<Habit> All { get; } =
    [
        Request("removed on the way", headers =>
        {
            foreach (KeyValuePair<string, StringValues> field in headers) Strip(headers, field.Key);
        }),
        Request("removed on the way, non-generic", headers =>
        {
            foreach (object? field in (IEnumerable)headers)
                Strip(headers, ((KeyValuePair<string, StringValues>)field!).Key);
        }),
        Request("removed on the way through the names", headers =>
        {
            foreach (string name in headers.Keys) Strip(headers, name);
        }),
        Request("removed on the way of a query", headers =>
        {
            foreach (var (name, _) in headers.Where(field => field.Key.StartsWith("X-User", StringComparison.Ordinal)))
                headers.Remove(name);
        }),
        Request("removed by no value on the way", headers =>
        {
            foreach (var (name, _) in headers) headers[name] = StringValues.Empty;
        }),
        Request("replaced on the way", headers =>
        {
            foreach (var (name, value) in headers) headers[name] = value + "!";
        }),
        Request("added on the way", headers =>
        {
            int steps = 0;
            foreach (var (name, _) in headers)
            {
                headers[name + "-more"] = "1";
                if (++steps > 100) throw new TimeoutException();
            }
        }),
        Request("well-known one added on the way", headers =>
        {
            foreach (KeyValuePair<string, StringValues> _ in headers) headers.Warning = "w";
        }),
        Response("removed on the way", headers =>
        {
            foreach (KeyValuePair<string, StringValues> field in headers) headers.Remove(field.Key);
        }),
        Response("cleared on the way", headers =>
        {
            foreach (KeyValuePair<string, StringValues> _ in headers) headers.Clear();
        }),
        Response("added on the way", headers =>
        {
            int steps = 0;
            foreach (var (name, _) in headers)
            {
                headers[name + "-more"] = "1";
                if (++steps > 100) throw new TimeoutException();
            }
        }),
        Response("well-known one added on the way", headers =>
        {
            foreach (KeyValuePair<string, StringValues> _ in headers) headers.Vary = "w";
        }),
    ];

    private static Habit Request(string what, Action<IHeaderDictionary> act) =>
        new("request headers " + what, Users, (http, notes) => Run(http.Request.Headers, act, notes));

    private static Habit Response(string what, Action<IHeaderDictionary> act) =>
        new("response headers " + what, Get, (http, notes) =>
        {
            IHeaderDictionary headers = http.Response.Headers;
            headers.ContentType = "text/plain";
            headers.CacheControl = "no-cache";
            headers["X-1"] = headers["X-2"] = headers["X-3"] = "1";
            return Run(headers, act, notes);
        });

    private static Task Run(IHeaderDictionary headers, Action<IHeaderDictionary> act, Notes notes)
    {
        notes.Try(() => act(headers), "enumerate");
        notes.See(string.Join(' ', headers.Select(field => $"{field.Key}={field.Value}").Order()), "left");
        return Task.CompletedTask;
    }

    private static void Strip(IHeaderDictionary headers, string name)
    {
        if (name.StartsWith("X-User-", StringComparison.OrdinalIgnoreCase)) headers.Remove(name);
    }
}
