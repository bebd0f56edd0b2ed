using System.Buffers;
using System.Globalization;

namespace Tipi.Compare.App;

/// <summary>The request handlers that are too small to hide what the server costs.</summary>
internal static class Handlers
{
    private const string PlainText = "text/plain; charset=utf-8";

    // A handler that has much to say says it in pieces; 64 KiB is the least of the large answers and one piece.
    private const int PieceBytes = 64 * 1024;

    private static readonly byte[] Hello = "Hello, World!"u8.ToArray();
    private static readonly Lazy<byte[]> Piece = new(() =>
    {
        var piece = new byte[PieceBytes];
        piece.AsSpan().Fill((byte)'x');
        return piece;
    });

    /// <summary>Thirteen bytes with a declared length.</summary>
    public static Task PlaintextAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = PlainText;
        response.ContentLength = Hello.Length;
        return response.Body.WriteAsync(Hello, 0, Hello.Length);
    }

    /// <summary>Leaves the server's thread first, as a database driver would, then answers from the pool.</summary>
    public static async Task YieldAsync(HttpContext context)
    {
        await Task.Yield();
        await PlaintextAsync(context);
    }

    /// <summary>The same for a minimal API, which writes what is returned.</summary>
    public static async Task<string> YieldedTextAsync()
    {
        await Task.Yield();
        return "Hello, World!";
    }

    /// <summary>As many bytes as the path says, <c>/65536</c>, with a declared length.</summary>
    public static async Task SizedAsync(HttpContext context)
    {
        var length = int.Parse(context.Request.Path.Value.AsSpan(1), CultureInfo.InvariantCulture);
        context.Response.ContentType = PlainText;
        context.Response.ContentLength = length;
        for (var rest = length; rest > 0; rest -= PieceBytes)
            await context.Response.Body.WriteAsync(Piece.Value.AsMemory(0, Math.Min(rest, PieceBytes)));
    }

    /// <summary>Reads the whole body, then answers thirteen bytes.</summary>
    public static async Task UploadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync();
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        await PlaintextAsync(context);
    }

    /// <summary>Sends the request's body back.</summary>
    public static async Task EchoAsync(HttpContext context)
    {
        var length = checked((int)(context.Request.ContentLength ?? 0));
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync(length, context.RequestAborted);
        var response = context.Response;
        response.ContentType = PlainText;
        response.ContentLength = length;
        read.Buffer.Slice(0, length).CopyTo(response.BodyWriter.GetSpan(length));
        response.BodyWriter.Advance(length);
        reader.AdvanceTo(read.Buffer.GetPosition(length));
        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>One endpoint that is sometimes slow: it blocks its thread when the query says so.</summary>
    public static Task SleepWhenAskedAsync(HttpContext context)
    {
        if (context.Request.QueryString.HasValue)
            Thread.Sleep(SleepMs);
        return PlaintextAsync(context);
    }

    /// <summary>An endpoint that is always slow and blocks its thread.</summary>
    public static Task SleepAsync(HttpContext context)
    {
        Thread.Sleep(SleepMs);
        return PlaintextAsync(context);
    }

    /// <summary>An endpoint that waits for the disk, as one with a synchronous transaction does.</summary>
    public static Task CommitAsync(HttpContext context, DurableFile file)
    {
        file.Commit();
        return PlaintextAsync(context);
    }

    private const int SleepMs = 100;
}
