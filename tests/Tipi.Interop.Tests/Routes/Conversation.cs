using System.Net.Http.Headers;
using System.Text;

namespace Tipi.Interop.Tests.Routes;

/// <summary>Every route of the sample, in an order that leaves the same state on every server.</summary>
internal static class Conversation
{
    public static IReadOnlyList<Exchange> Exchanges { get; } =
    [
        .. Todos(), .. StaticFiles(), .. Bodies(), .. Downloads(), .. Live(), .. Extras(),
    ];

    /// <summary>Runs the whole conversation over one client, one request after the other.</summary>
    public static async Task<IReadOnlyDictionary<string, Answer>> RunAsync(Uri address)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var client = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        var answers = new Dictionary<string, Answer>();
        foreach (var exchange in Exchanges)
        {
            using var request = exchange.Request();
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            answers.Add(exchange.Name, await Answer.ReadAsync(response, address));
        }
        return answers;
    }

    private static IEnumerable<Exchange> Todos() =>
    [
        new("list", () => Get("/todos")),
        new("list with slash", () => Get("/todos/")),
        new("list done", () => Get("/todos?done=true")),
        new("list with a bad query", () => Get("/todos?done=perhaps")),
        new("summary", () => Get("/todos/summary")),
        new("summary from the cache", () => Get("/todos/summary")),
        new("add", () => Json(HttpMethod.Post, "/todos", """{"title":"Dig a trench","due":"2031-05-06"}""")),
        new("add in Unicode", () => Json(HttpMethod.Post, "/todos", """{"title":"Feuer löschen 🔥"}""")),
        new("add an invalid one", () => Json(HttpMethod.Post, "/todos", """{"title":""}""")),
        new("add one that is too long", () => Json(
            HttpMethod.Post, "/todos", $$"""{"title":"{{new string('x', 81)}}"}""")),
        new("add broken JSON", () => Json(HttpMethod.Post, "/todos", """{"title":""")),
        new("add nothing", () => Json(HttpMethod.Post, "/todos", "")),
        new("add text", () => Send(HttpMethod.Post, "/todos", new StringContent("title"))),
        new("summary after a change", () => Get("/todos/summary")),
        new("find", () => Get("/todos/4")),
        new("find none", () => Get("/todos/99")),
        new("find with a bad id", () => Get("/todos/four")),
        new("replace", () => Json(HttpMethod.Put, "/todos/4", """{"title":"Dig","done":true}""")),
        new("replace none", () => Json(HttpMethod.Put, "/todos/99", """{"title":"Dig","done":true}""")),
        new("remove", () => new HttpRequestMessage(HttpMethod.Delete, "/todos/5")),
        new("remove again", () => new HttpRequestMessage(HttpMethod.Delete, "/todos/5")),
        new("wrong method", () => new HttpRequestMessage(HttpMethod.Patch, "/todos")),
        new("list at the end", () => Get("/todos")),
    ];

    private static IEnumerable<Exchange> StaticFiles() =>
    [
        new("page", () => Get("/")),
        new("page's head", () => new HttpRequestMessage(HttpMethod.Head, "/")),
        new("page by name", () => Get("/index.html")),
        new("style", () => Get("/site.css")),
        new("script", () => Get("/site.js")),
        new("picture", () => Get("/tent.svg")),
        new("script's range", () => Get("/site.js", ("Range", "bytes=100-199"))),
        new("script's impossible range", () => Get("/site.js", ("Range", "bytes=900000-"))),
        new("script if it is new", () => Get("/site.js", ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"))),
        new("no such file", () => Get("/missing.css")),
        new("a folder above", () => Get("/..%2fappsettings.json")),
    ];

    private static IEnumerable<Exchange> Bodies() =>
    [
        new("form", () => Send(HttpMethod.Post, "/files/form", new FormUrlEncodedContent(
        [
            new("from", "Ada & Söhne"), new("text", "a=b&c 100 %"), new("stars", "5"),
        ]))),
        new("form without a field", () => Send(HttpMethod.Post, "/files/form", new FormUrlEncodedContent(
        [
            new("from", "Ada"), new("stars", "many"),
        ]))),
        new("upload", () => Send(HttpMethod.Post, "/files/upload", Multipart())),
        new("upload without a form", () => Json(HttpMethod.Post, "/files/upload", "{}")),
        new("raw", () => Send(HttpMethod.Put, "/files/raw/a%20name", new ByteArrayContent(Bytes(200_000)))),
        new("raw, nothing", () => Send(HttpMethod.Put, "/files/raw/empty", new ByteArrayContent([]))),
        new("raw, chunked", () => Chunked(HttpMethod.Put, "/files/raw/chunked", Bytes(200_000))),
        new("raw, expecting to go on", () => Expecting(HttpMethod.Put, "/files/raw/later", Bytes(5_000))),
        new("echo", () => Send(HttpMethod.Post, "/files/echo", new ByteArrayContent(Bytes(70_000)))),
        new("echo, chunked", () => Chunked(HttpMethod.Post, "/files/echo", Bytes(300_000))),
        new("echo, nothing", () => Send(HttpMethod.Post, "/files/echo", new ByteArrayContent([]))),
    ];

    private static IEnumerable<Exchange> Downloads() =>
    [
        new("stream of nothing", () => Get("/files/stream/0")),
        new("stream of a byte", () => Get("/files/stream/1")),
        new("stream of a megabyte", () => Get("/files/stream/1000000")),
        new("stream of 20 megabytes", () => Get("/files/stream/20000000")),
        new("stream that is too long", () => Get("/files/stream/99999999999")),
        new("stream's head", () => new HttpRequestMessage(HttpMethod.Head, "/files/stream/1000000")),
        new("report", () => Get("/files/report.csv")),
        new("report's range", () => Get("/files/report.csv", ("Range", "bytes=-20"))),
        new("report's two ranges", () => Get("/files/report.csv", ("Range", "bytes=0-4,10-14"))),
        new("report if it changed", () => Get("/files/report.csv", ("If-None-Match", "\"ea51989c11425a54\""))),
    ];

    private static IEnumerable<Exchange> Live() =>
    [
        new("ticks", () => Get("/live/ticks", ("Accept", "text/event-stream"))),
        new("many ticks at once", () => Get("/live/ticks?count=1000&everyMs=0")),
        new("no ticks", () => Get("/live/ticks?count=0")),
        new("a socket that is none", () => Get("/live/echo")),
        new("too many ticks", () => Get("/live/ticks?count=1001")),
    ];

    private static IEnumerable<Exchange> Extras() =>
    [
        .. Enumerable.Range(1, 6).Select(n => new Exchange($"quote {n}", () => Get("/quote"))),
        new("broken", () => Get("/broken")),
        new("redirect", () => Get("/docs")),
        new("first visit", () => Get("/visits/ada")),
        new("tenth visit", () => Get("/visits/ada", ("Cookie", "visitor=ada; count=9"))),
        new("a visitor's odd name", () => Get("/visits/%C3%A5%3B%20%22b%22")),
        new("health", () => Get("/health")),
        new("description", () => Get("/openapi/v1.json")),
        new("options", () => new HttpRequestMessage(HttpMethod.Options, "/todos")),
        new("unknown method", () => new HttpRequestMessage(new HttpMethod("BREW"), "/todos")),
        new("no such route", () => Get("/nowhere?a=b")),
        new("asking to close", () => Get("/health", ("Connection", "close"))),
        new("HTTP/1.0", () => new HttpRequestMessage(HttpMethod.Get, "/todos") { Version = new Version(1, 0) }),
    ];

    private static HttpRequestMessage Get(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static HttpRequestMessage Json(HttpMethod method, string path, string json) =>
        Send(method, path, new StringContent(json, Encoding.UTF8, "application/json"));

    private static HttpRequestMessage Send(HttpMethod method, string path, HttpContent content) =>
        new(method, path) { Content = content };

    private static HttpRequestMessage Chunked(HttpMethod method, string path, byte[] body)
    {
        var request = Send(method, path, new ByteArrayContent(body));
        request.Headers.TransferEncodingChunked = true;
        return request;
    }

    private static HttpRequestMessage Expecting(HttpMethod method, string path, byte[] body)
    {
        var request = Send(method, path, new ByteArrayContent(body));
        request.Headers.ExpectContinue = true;
        return request;
    }

    private static MultipartFormDataContent Multipart() => new("the-boundary")
    {
        { Binary(Bytes(10)), "file", "ten.bin" },
        { Binary(Bytes(150_000)), "file", "many.bin" },
        { Binary([]), "file", "none.bin" },
    };

    private static ByteArrayContent Binary(byte[] bytes) =>
        new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}
