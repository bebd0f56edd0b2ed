using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.FileProviders;

namespace Tipi.Stack.Tests.Files;

/// <summary>Files as results and static files: whole, in ranges, and only when they changed.</summary>
public sealed class DownloadTests : IDisposable
{
    private const int Size = 3_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tipi-files").FullName;
    private readonly byte[] _bytes = RandomNumberGenerator.GetBytes(Size);

    public DownloadTests()
    {
        File.WriteAllBytes(Path.Combine(_folder, "tent.bin"), _bytes);
        File.WriteAllText(Path.Combine(_folder, "index.html"), "<p>tent</p>");
    }

    public static TheoryData<string> Paths => ["result", "static/tent.bin"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, OnEachServer]
    public async Task A_file_arrives_whole(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        foreach (string path in Paths.Select(row => row.Data))
        {
            using HttpResponseMessage answer = await AskAsync(host, path);
            Assert.Equal(Size, answer.Content.Headers.ContentLength);
            Assert.Equal(_bytes, await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Theory, OnEachServer]
    public async Task A_range_is_that_part_and_one_beyond_the_end_is_refused(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        foreach (string path in Paths.Select(row => row.Data))
        {
            using HttpResponseMessage middle = await AskAsync(host, path, r => r.Range = new(1_000_000, 1_999_999));
            using HttpResponseMessage tail = await AskAsync(host, path, r => r.Range = new(null, 10));
            using HttpResponseMessage beyond = await AskAsync(host, path, r => r.Range = new(Size, null));

            Assert.Equal(HttpStatusCode.PartialContent, middle.StatusCode);
            Assert.Equal($"bytes 1000000-1999999/{Size}", $"{middle.Content.Headers.ContentRange}");
            Assert.Equal(_bytes[1_000_000..2_000_000], await middle.Content.ReadAsByteArrayAsync());
            Assert.Equal(_bytes[^10..], await tail.Content.ReadAsByteArrayAsync());
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        }
    }

    [Theory, OnEachServer]
    public async Task A_file_that_did_not_change_is_not_sent_again(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        foreach (string path in Paths.Select(row => row.Data))
        {
            using HttpResponseMessage first = await AskAsync(host, path);
            EntityTagHeaderValue tag = first.Headers.ETag!;
            using HttpResponseMessage same = await AskAsync(host, path, r => r.IfNoneMatch.Add(tag));
            using HttpResponseMessage other = await AskAsync(host, path, r => r.IfMatch.Add(new("\"other\"")));

            Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
            Assert.Equal(tag, same.Headers.ETag);
            Assert.Equal(HttpStatusCode.PreconditionFailed, other.StatusCode);
        }
    }

    [Theory, OnEachServer]
    public async Task HEAD_tells_the_size_and_sends_nothing(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using RawClient client = await host.ConnectAsync();

        await client.SendAsync(
            "HEAD /static/tent.bin HTTP/1.1\r\nHost: a\r\n\r\nGET /static HTTP/1.1\r\nHost: a\r\n\r\n");
        RawResponse head = await client.ReadResponseAsync(isHead: true);

        Assert.Equal($"{Size}", head.Header("Content-Length"));
        Assert.Equal(301, (await client.ReadResponseAsync()).Status);
    }

    [Theory, OnEachServer]
    public async Task A_folder_shows_its_index_and_no_path_leaves_it(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using RawClient client = await host.ConnectAsync();

        string index = await host.Client.GetStringAsync(new Uri("static/", UriKind.Relative));
        await client.SendAsync("GET /static/..%2f..%2fetc/passwd HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("<p>tent</p>", index);
        Assert.Equal(404, (await client.ReadResponseAsync()).Status);
    }

    [Theory, OnEachServer]
    public async Task Curl_resumes_a_download(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        string target = Path.Combine(_folder, $"part-{server}");
        await File.WriteAllBytesAsync(target, _bytes[..1_234_567]);

        ToolRun run = await Tool.RunAsync("curl", "-sS", "-C", "-", "-o", target, $"{host.Address}static/tent.bin");

        run.Succeeded();
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(target));
    }

    private static async Task<HttpResponseMessage> AskAsync(
        StackHost host, string path, Action<HttpRequestHeaders>? configure = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        configure?.Invoke(request.Headers);
        return await host.Client.SendAsync(request);
    }

    private Task<StackHost> StartAsync(StackServer server) => StackHost.StartAsync(server, app =>
    {
        app.UseFileServer(new FileServerOptions
        {
            RequestPath = "/static",
            FileProvider = new PhysicalFileProvider(_folder),
        });
        app.MapGet("/result", () => TypedResults.PhysicalFile(
            Path.Combine(_folder, "tent.bin"), enableRangeProcessing: true, entityTag: new("\"tent\"")));
    });
}
