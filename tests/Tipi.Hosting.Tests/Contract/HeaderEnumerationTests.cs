using System.Collections;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Primitives;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Headers that change while somebody goes through them: as under Kestrel.</summary>
public sealed class HeaderEnumerationTests
{
    private const int Seeds = 4;
    private const int Walks = 150;

    private static readonly string[] s_ofRequest =
        ["Accept", "User-Agent", "Authorization", "Cache-Control", "Cookie", "Date", "Referer", "Via"];

    private static readonly string[] s_ofResponse =
        ["Content-Type", "Date", "Server", "Age", "Cache-Control", "ETag", "Location", "Vary"];

    private static readonly string[] s_ofTrailers = ["ETag", "Grpc-Message", "Grpc-Status"];

    [Theory, OnEachWire]
    public async Task Fields_that_are_removed_on_the_way_are_all_removed(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            IHeaderDictionary headers = context.Request.Headers;
            Strip(headers, context.Request.Path.Value![1..]);
            return context.Response.WriteAsync(string.Join(' ', headers.Keys.Select(name => name.ToLowerInvariant())
                .Where(name => name.StartsWith("x-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
        });
        foreach (string way in new[] { "generic", "other", "keys", "linq", "list" })
        {
            HttpRequestMessage request = server.Request("GET", "/" + way);
            for (int i = 0; i < 20; i++)
            {
                request.Headers.Add($"X-User-{i}", "admin");
                if (i % 5 == 0) request.Headers.Add($"X-Kept-{i}", "1");
            }
            Assert.Equal("x-kept-0 x-kept-10 x-kept-15 x-kept-5", await server.TextAsync(request));
        }
    }

    [Theory, OnEachWire]
    public async Task Each_sequence_of_changes_is_seen_as_under_kestrel(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, PlayAsync);
        await using KestrelPeer kestrel = await KestrelPeer.StartAsync(
            PlayAsync, configure: null, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        using var client = new HttpClient
        {
            BaseAddress = new Uri($"http://{kestrel.EndPoint}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (string table in new[] { "request", "response", "trailers" })
        {
            for (int seed = 0; seed < Seeds; seed++)
            {
                string path = $"/{table}?{seed}";
                string expected = await client.GetStringAsync(path);
                Assert.True(expected.Length > 10_000, expected);
                Assert.DoesNotContain("endless", expected);
                AssertSame(expected, await server.GetTextAsync(path), path);
            }
        }
    }

    [Fact]
    public void Received_trailers_change_as_the_dictionary_that_kestrel_gives()
    {
        for (int seed = 0; seed < Seeds * 2; seed++)
        {
            // Kestrel's are the framework's own dictionary.
            string expected = Script(new HeaderDictionary(), "received").Run(seed, Walks);
            string seen = Script(new HeaderTable(HeaderRole.ReceivedTrailers), "received").Run(seed, Walks);
            AssertSame(expected, seen, $"seed {seed}");
        }
    }

    private static void Strip(IHeaderDictionary headers, string way)
    {
        if (way == "generic")
        {
            foreach (KeyValuePair<string, StringValues> field in headers) Remove(field.Key);
        }
        else if (way == "other")
        {
            foreach (object? field in (IEnumerable)headers) Remove(((KeyValuePair<string, StringValues>)field!).Key);
        }
        else if (way == "keys")
        {
            foreach (string name in headers.Keys) Remove(name);
        }
        else if (way == "linq")
        {
            foreach (string name in headers.Where(field => field.Value == "admin").Select(field => field.Key))
                Remove(name);
        }
        else
        {
            headers.ToList().ForEach(field => Remove(field.Key));
        }

        void Remove(string name)
        {
            if (name.StartsWith("X-User-", StringComparison.OrdinalIgnoreCase)) headers.Remove(name);
        }
    }

    private static Task PlayAsync(HttpContext context)
    {
        string table = context.Request.Path.Value![1..];
        int seed = int.Parse(context.Request.QueryString.Value![1..]);
        IHeaderDictionary headers = table switch
        {
            "request" => context.Request.Headers,
            "response" => context.Response.Headers,
            _ => context.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers,
        };
        return context.Response.WriteAsync(Script(headers, table).Run(seed, Walks));
    }

    private static HeaderScript Script(IHeaderDictionary headers, string table) => table switch
    {
        // Kestrel's walk through a request's headers fails with a NullReferenceException after all were removed.
        "request" => new HeaderScript(headers, s_ofRequest, hasLength: true, canClear: false),
        "response" => new HeaderScript(headers, s_ofResponse, hasLength: true, canClear: true),
        "trailers" => new HeaderScript(headers, s_ofTrailers, hasLength: false, canClear: true),
        _ => new HeaderScript(headers, [], hasLength: false, canClear: true) { HasCopiedKeys = false },
    };

    private static void AssertSame(string expected, string seen, string where)
    {
        if (expected == seen) return;
        string[] left = expected.Split('\n');
        string[] right = seen.Split('\n');
        int line = Enumerable.Range(0, left.Length).First(i => i >= right.Length || left[i] != right[i]);
        Assert.Fail($"{where}, line {line}\n{left[line]}\n{(line < right.Length ? right[line] : "nothing")}");
    }
}
