using System.Net;
using Microsoft.AspNetCore.ResponseCompression;

namespace Tipi.Stack.Tests.Middleware;

/// <summary>Response compression and request decompression.</summary>
public sealed class CompressionTests
{
    private static readonly string s_text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i}\n"));

    [Theory, OnEachServer]
    public Task Gzip_is_chunked_and_read_by_HttpClient(StackServer server) =>
        CompressedAsync(server, "gzip", DecompressionMethods.GZip);

    [Theory, OnEachServer]
    public Task Brotli_is_chunked_and_read_by_HttpClient(StackServer server) =>
        CompressedAsync(server, "br", DecompressionMethods.Brotli);

    [Theory, OnEachServer]
    public async Task Curl_decompresses_what_was_flushed_piece_by_piece(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        ToolRun run = await Tool.RunAsync("curl", "-sS", "--compressed", "-D", "-", $"{host.Address}pieces");

        Assert.Contains("Content-Encoding: ", run.Succeeded().Text, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("piece 0;piece 1;piece 2;", run.Text, StringComparison.Ordinal);
    }

    [Theory, OnEachServer]
    public async Task Without_Accept_Encoding_the_body_is_plain(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("text", UriKind.Relative));

        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Equal(s_text, await answer.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task A_compressed_request_is_decompressed(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using var content = new ByteArrayContent(Gzip.Compress(s_text));
        content.Headers.ContentEncoding.Add("gzip");

        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("length", UriKind.Relative), content);

        Assert.Equal($"{s_text.Length}", await answer.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task A_small_request_that_grows_past_the_limit_is_refused(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using var content = new ByteArrayContent(Gzip.Compress(new string('a', 1_000_000)));
        content.Headers.ContentEncoding.Add("gzip");

        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("limited", UriKind.Relative), content);

        Assert.True(content.Headers.ContentLength < 10_000);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static async Task CompressedAsync(StackServer server, string coding, DecompressionMethods method)
    {
        await using StackHost host = await StartAsync(server);
        using HttpClient plain = host.ClientWith(_ => { });
        plain.DefaultRequestHeaders.AcceptEncoding.ParseAdd(coding);
        using HttpClient reading = host.ClientWith(handler => handler.AutomaticDecompression = method);

        using HttpResponseMessage answer = await plain.GetAsync(new Uri("text", UriKind.Relative));

        Assert.Equal([coding], answer.Content.Headers.ContentEncoding);
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
        Assert.True(answer.Headers.TransferEncodingChunked);
        Assert.True((await answer.Content.ReadAsByteArrayAsync()).Length < s_text.Length / 2);
        Assert.Equal(s_text, await reading.GetStringAsync(new Uri("text", UriKind.Relative)));
    }

    private static Task<StackHost> StartAsync(StackServer server) => StackHost.StartAsync(
        server,
        app =>
        {
            app.UseResponseCompression();
            app.UseRequestDecompression();
            app.MapGet("/text", () => s_text);
            app.MapGet("/pieces", WritePiecesAsync);
            app.MapPost("/length", LengthAsync);
            app.MapPost("/limited", LengthAsync).WithMetadata(new SizeLimit(100_000));
        },
        builder =>
        {
            builder.Services.AddResponseCompression(options =>
            {
                options.Providers.Add<GzipCompressionProvider>();
                options.Providers.Add<BrotliCompressionProvider>();
            });
            builder.Services.AddRequestDecompression();
        });

    private static async Task<string> LengthAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return $"{(await reader.ReadToEndAsync()).Length}";
    }

    private static async Task WritePiecesAsync(HttpResponse response)
    {
        response.ContentType = "text/plain";
        for (var i = 0; i < 3; i++)
        {
            await response.WriteAsync($"piece {i};");
            await response.Body.FlushAsync();
        }
    }
}
