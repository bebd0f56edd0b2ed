using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Tipi.Stack.Tests.Files;

/// <summary>100 MB are uploaded in constant memory: as a form file, by the multipart reader, and bare.</summary>
[Collection(Alone.Name)]
public sealed class UploadTests
{
    private const long Length = 100L * 1024 * 1024;

    // Half of the file: what the collector has not collected yet counts as held.
    private const long Most = Length / 2;

    [Theory, OnEachServer]
    public Task A_form_file_of_100_MB(StackServer server) => UploadAsync(server, "form");

    [Theory, OnEachServer]
    public Task A_multipart_section_of_100_MB(StackServer server) => UploadAsync(server, "sections");

    [Theory, OnEachServer]
    public Task A_bare_body_of_100_MB(StackServer server) => UploadAsync(server, "body");

    private static async Task UploadAsync(StackServer server, string path)
    {
        await using StackHost host = await StartAsync(server);
        await SendAsync(host, path, 100_000, _ => { });
        var peak = new MemoryPeak();

        string sum = await SendAsync(host, path, Length, sent =>
        {
            if (sent % (1024 * 1024) == 0) peak.Look();
        });

        Assert.Equal($"{PatternContent.SumOf(Length)}", sum);
        Assert.True(peak.ManagedBytes < Most, $"{peak.ManagedBytes:N0} managed bytes");
        Assert.True(peak.ResidentBytes < Most, $"{peak.ResidentBytes:N0} resident bytes");
    }

    private static async Task<string> SendAsync(StackHost host, string path, long length, Action<long> onSent)
    {
        using var file = new PatternContent(length, onSent);
        using var form = new MultipartFormDataContent();
        if (path != "body") form.Add(file, "file", "tent.bin");
        using HttpResponseMessage answer = await host.Client.PostAsync(
            new Uri(path, UriKind.Relative), path == "body" ? file : form);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    private static Task<StackHost> StartAsync(StackServer server) => StackHost.StartAsync(
        server,
        app =>
        {
            var unlimited = new SizeLimit(null);
            app.MapPost("/form", async (IFormFile file) =>
            {
                await using Stream stream = file.OpenReadStream();
                return await SumAsync(stream);
            }).DisableAntiforgery().WithMetadata(unlimited);
            app.MapPost("/sections", async (HttpRequest request) =>
            {
                var type = MediaTypeHeaderValue.Parse(request.ContentType!);
                string boundary = type.Parameters.Single().Value!.Trim('"');
                MultipartSection section = (await new MultipartReader(boundary, request.Body).ReadNextSectionAsync())!;
                return await SumAsync(section.Body);
            }).WithMetadata(unlimited);
            app.MapPost("/body", (HttpRequest request) => SumAsync(request.Body)).WithMetadata(unlimited);
        },
        builder => builder.Services.Configure<FormOptions>(options => options.MultipartBodyLengthLimit = 2 * Length));

    private static async Task<string> SumAsync(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        long sum = 0;
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
            foreach (byte value in buffer.AsSpan(0, count)) sum += value;
        return $"{sum}";
    }
}
