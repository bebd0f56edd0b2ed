using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.StaticAssets;

namespace Tipi.Stack.Tests.Files;

/// <summary>Files that the build prepared, with a fingerprint in their names and compressed already.</summary>
public sealed class StaticAssetsTests
{
    [Theory, OnEachServer]
    public async Task An_asset_is_sent_as_it_is_or_compressed_as_the_build_made_it(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        using HttpResponseMessage plain = await GetAsync(host, "tent.css");
        using HttpResponseMessage packed = await GetAsync(
            host, "tent.css", request => request.Headers.AcceptEncoding.ParseAdd("gzip"));

        Assert.Equal("text/css", plain.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-cache", plain.Headers.CacheControl?.ToString());
        Assert.Equal(SourceOf(host), await plain.Content.ReadAsStringAsync());
        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", packed.Headers.Vary, StringComparer.OrdinalIgnoreCase);
        Assert.True(packed.Content.Headers.ContentLength < plain.Content.Headers.ContentLength);
        await using var unpacked = new GZipStream(
            await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        Assert.Equal(SourceOf(host), await reader.ReadToEndAsync());
    }

    [Theory, OnEachServer]
    public async Task The_name_with_a_fingerprint_may_be_kept_for_ever(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpResponseMessage plain = await GetAsync(host, "tent.css");
        string name = FingerprintedName(host);

        using HttpResponseMessage kept = await GetAsync(host, name);

        Assert.Equal("max-age=31536000, immutable", kept.Headers.GetValues("Cache-Control").Single());
        Assert.Equal(plain.Headers.ETag, kept.Headers.ETag);
        Assert.Equal(SourceOf(host), await kept.Content.ReadAsStringAsync());
    }

    [Theory, OnEachServer]
    public async Task Who_has_the_asset_gets_no_body_and_who_asks_for_a_part_gets_it(StackServer server)
    {
        await using StackHost host = await StartAsync(server);
        using HttpResponseMessage first = await GetAsync(host, "tent.css");

        using HttpResponseMessage same = await GetAsync(
            host, "tent.css", request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        using HttpResponseMessage part = await GetAsync(
            host, "tent.css", request => request.Headers.Range = new RangeHeaderValue(3, 6));
        using HttpResponseMessage head = await GetAsync(
            host, "tent.css", request => request.Method = HttpMethod.Head);

        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal(first.Headers.ETag, same.Headers.ETag);
        Assert.Empty(await same.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(SourceOf(host)[3..7], await part.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(first.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    private static Task<StackHost> StartAsync(StackServer server) => StackHost.StartAsync(
        server,
        app => app.MapStaticAssets(),
        // As after a publish: what the build prepared, and no look at the files' present state.
        builder => builder.WebHost.UseStaticWebAssets().UseSetting("ReloadStaticAssetsAtRuntime", "false"));

    private static string SourceOf(StackHost host) => File.ReadAllText(
        host.Services.GetRequiredService<IWebHostEnvironment>()
            .WebRootFileProvider.GetFileInfo("tent.css").PhysicalPath!);

    private static string FingerprintedName(StackHost host) => host.Services
        .GetRequiredService<EndpointDataSource>().Endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>())
        .OfType<StaticAssetDescriptor>()
        .First(asset => asset.AssetPath == "tent.css" && asset.Route != "tent.css").Route;

    private static async Task<HttpResponseMessage> GetAsync(
        StackHost host, string name, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(name, UriKind.Relative));
        change?.Invoke(request);
        return await host.Client.SendAsync(request);
    }
}
