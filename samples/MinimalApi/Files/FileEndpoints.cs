using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace MinimalApi.Files;

/// <summary>Bodies of all kinds: forms, files, raw bytes in; streams, ranges and an echo out.</summary>
internal static class FileEndpoints
{
    private const int PieceBytes = 16 * 1024;
    private const long LongestDownloadBytes = 1L << 30;

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/files").WithTags("Files").DisableAntiforgery();
        files.MapPost("/form", ReceiveForm);
        files.MapPost("/upload", ReceiveFilesAsync);
        files.MapPut("/raw/{name}", ReceiveRawAsync);
        files.MapPost("/echo", EchoAsync);
        files.MapGet("/stream/{length:long}", StreamPattern);
        files.MapGet("/report.csv", Report);
    }

    private static Ok<Message> ReceiveForm([FromForm] string from, [FromForm] string text, [FromForm] int stars) =>
        TypedResults.Ok(new Message(from, text, stars));

    private static async Task<Ok<IReadOnlyList<StoredFile>>> ReceiveFilesAsync(
        IFormFileCollection files, CancellationToken stop)
    {
        var stored = new List<StoredFile>();
        foreach (var file in files)
        {
            await using var body = file.OpenReadStream();
            stored.Add(await MeasureAsync(file.FileName, body, stop));
        }
        return TypedResults.Ok<IReadOnlyList<StoredFile>>(stored);
    }

    private static async Task<Ok<StoredFile>> ReceiveRawAsync(string name, Stream body, CancellationToken stop) =>
        TypedResults.Ok(await MeasureAsync(name, body, stop));

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType;
        await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter, context.RequestAborted);
    }

    private static Results<PushStreamHttpResult, NotFound> StreamPattern(long length, CancellationToken aborted)
    {
        if (length is < 0 or > LongestDownloadBytes) return TypedResults.NotFound();
        return TypedResults.Stream(body => WritePatternAsync(body, length, aborted), "application/octet-stream");
    }

    private static FileContentHttpResult Report()
    {
        var text = new StringBuilder("day,guests\n");
        for (var day = 1; day <= 365; day++) text.Append($"{day},{day * 7 % 31}\n");
        var bytes = Encoding.ASCII.GetBytes(text.ToString());
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
        return TypedResults.File(bytes, "text/csv", "report.csv", enableRangeProcessing: true, entityTag: tag);
    }

    private static async Task WritePatternAsync(Stream body, long length, CancellationToken aborted)
    {
        var piece = new byte[PieceBytes];
        for (long offset = 0; offset < length; offset += piece.Length)
        {
            var count = (int)Math.Min(piece.Length, length - offset);
            Pattern.Fill(piece.AsSpan(0, count), offset);
            await body.WriteAsync(piece.AsMemory(0, count), aborted);
        }
    }

    private static async Task<StoredFile> MeasureAsync(string name, Stream body, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];
        long length = 0;
        for (int read; (read = await body.ReadAsync(piece, stop)) > 0; length += read)
            hash.AppendData(piece, 0, read);
        return new StoredFile(name, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
